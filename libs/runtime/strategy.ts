import type { Topic } from '@midstream/contracts';
import { Controller } from '@nestjs/common';
import { type CustomTransportStrategy, EventPattern, Payload, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Service } from '@midstream/contracts';
import type { Chunk, EventBus, Running } from './bus';

const PATTERN = 'midstream.chunk';

/**
 * Our own NestJS transport: a whole chunk of one partition is one call, so that it is one transaction. Nest's own Kafka transport has no
 * batches, and commits or stalls on an error (reliability.md 1.3).
 */
export class BusStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('midstream bus');
  private running: Running | undefined;

  constructor(
    private readonly bus: EventBus,
    private readonly consumer: Service,
    private readonly topics: readonly Topic[],
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const handler = this.getHandlerByPattern(PATTERN);
    const onChunk = async (chunk: Chunk): Promise<void> => {
      if (handler === null) throw new Error('nobody handles the chunks of the bus');
      await lastValueFrom(this.transformToObservable(await handler(chunk)), { defaultValue: undefined });
    };
    this.bus.subscribe({ consumer: this.consumer, topics: this.topics, onChunk }).then(
      (running) => {
        this.running = running;
        callback();
      },
      (error: unknown) => callback(error),
    );
  }

  async close(): Promise<void> {
    await this.running?.stop();
  }

  on(): void {
    throw new Error('the bus has no events of its own to listen to');
  }

  unwrap<T>(): T {
    return this.bus as T;
  }
}

/** The handler of the chunks. Its error must come through as it is: the transport decides by it whether to wait. */
export function chunkController(onChunk: (chunk: Chunk) => Promise<void>) {
  @Controller()
  class ChunkController {
    @EventPattern<string>(PATTERN)
    async hear(@Payload() chunk: Chunk): Promise<void> {
      await onChunk(chunk);
    }
  }
  return ChunkController;
}
