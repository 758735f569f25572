import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type InventoryCommand, type Offer, roomOf, type Rows, rowOf } from '@midstream/inventory-domain';
import { type Caller, Commands, Database, newId, NotFound, Problem } from '@midstream/runtime';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { BatchState, Counts, LineProblem } from './batches';
import { House } from './house';
import { type ImportLine, readLines, WrongStream } from './import-lines';
import type { DataKey } from './seal';
import { sellUntilOf } from './sell-margin';
import { type CodeLine, CODES_A_STATEMENT } from './stocking';
import type { KnownFrom } from './twins';
import type { ImportView } from './vault.views';

export const LINES_PER_IMPORT_MAX = 1_000_000;
/** Bad lines and duplicates that are named; all are counted. */
export const PROBLEMS_NAMED_MAX = 100;
const TELL_EVERY_MS = 1_000;

export interface Import {
  /** The sender's own name of it; the same one opens the same batch again. */
  readonly name?: string;
  readonly expiresAt?: Date;
  /** Absent: as is usual for the category. */
  readonly marginDays?: number;
  readonly tell?: (progress: ImportView) => void;
}

/** Reads codes as they come, some hundred at a time: neither the stream nor a code in clear is ever kept. */
@Injectable()
export class CodeImports implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly house: House,
    private readonly commands: Commands<InventoryCommand>,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Streams are handed on as they are; the limit of other bodies is not theirs. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const type of ['application/x-ndjson', 'text/csv'])
      fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }

  /** @throws Problem where the offer is not a vault's, or the stream is none of codes; what was read before that is stored, and may be sent again. */
  async take(
    offerId: string,
    request: FastifyRequest,
    caller: Caller,
    { name = uuidv7(), expiresAt, tell, ...of }: Import,
  ): Promise<ImportView> {
    const { offer, category } = await this.vaultOffer(offerId);
    const { marginDays = this.house.sellMarginDays(category) } = of;
    if (expiresAt !== undefined && sellUntilOf(expiresAt, marginDays).getTime() <= Date.now()) throw tooNear(marginDays);
    const body = bodyOf(request);
    const source = /^text\/csv/i.test(request.headers['content-type'] ?? '') ? 'csv' : 'ndjson';
    const batch = {
      offerId,
      supplierId: offer.supplierId,
      sku: offer.sku,
      name,
      source,
      importedBy: `${caller.scope}:${caller.keyId}`,
      marginDays,
    } as const;
    return this.house.batches.within({ ...batch, ...(expiresAt && { expiresAt }) }, async (batchId, key) => {
      const reading = new Reading({
        house: this.house,
        offer,
        batchId,
        key,
        caller,
        importedBy: batch.importedBy,
        marginDays,
        ...(expiresAt && { expiresAt }),
        ...(tell && { tell }),
      });
      try {
        await reading.all(body, source);
      } finally {
        await reading.end();
        await this.count(offerId, caller);
      }
      return reading.view('done', await this.count(offerId, caller));
    });
  }

  private async vaultOffer(offerId: string): Promise<{ readonly offer: Offer; readonly category: string }> {
    const { rows } = await this.database.pool.query<{ offer: Offer; category: string }>(
      `SELECT o.state AS offer, p.state ->> 'category' AS category FROM offer o JOIN product p ON p.id = o.sku WHERE o.id = $1`,
      [offerId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-offer');
    const { offer } = found;
    if (offer.kind !== 'vault')
      throw new Problem(409, 'not-a-vault', 'Codes are imported into offers of a vault; this supplier is bought from');
    return found;
  }

  private async count(offerId: string, caller: Caller): Promise<number> {
    return this.commands.run<number>(
      { type: 'CountVault', offerId, ...(await this.house.codes.totals(offerId)) },
      { caller, answer: ({ offers }: Rows) => roomOf(rowOf(offers, offerId)) },
    );
  }
}

interface ReadingOf {
  readonly house: House;
  readonly offer: Offer;
  readonly batchId: string;
  readonly key: DataKey;
  readonly caller: Caller;
  readonly importedBy: string;
  readonly marginDays: number;
  readonly expiresAt?: Date;
  readonly tell?: (progress: ImportView) => void;
}

/** One sending of a batch. While the next codes are read and sealed, those before are being stored. */
class Reading {
  private readonly counts: Counts = { lines: 0, invalid: 0, duplicates: 0, repeated: 0 };
  private readonly problems: LineProblem[] = [];
  private readonly hash: Hash = createHash('sha256');
  private readonly since = newId(Date.now(), 0);
  private stored = 0;
  private storing: Promise<void> = Promise.resolve();
  private readonly startedAt = Date.now();
  private toldAt = this.startedAt;
  private whole = false;

  constructor(private readonly of: ReadingOf) {}

  async all(body: Readable, source: 'ndjson' | 'csv'): Promise<void> {
    let codes: CodeLine[] = [];
    try {
      for await (const line of readLines(this.hashed(body), source, Date.now())) {
        this.counts.lines += 1;
        if (this.counts.lines > LINES_PER_IMPORT_MAX)
          throw new Problem(413, 'too-many-codes', `An import has at most ${LINES_PER_IMPORT_MAX} lines; send it in parts`);
        if ('fault' in line) this.noteFault(line);
        else this.take(line, codes);
        if (codes.length < CODES_A_STATEMENT) continue;
        await this.store(codes);
        codes = [];
      }
      await this.store(codes);
      await this.storing;
      this.whole = true;
    } catch (error) {
      throw error instanceof WrongStream ? problemOf(error) : error;
    }
  }

  private take(line: CodeLine, codes: CodeLine[]): void {
    const { expiresAt = this.of.expiresAt } = line;
    const sellUntil = expiresAt && sellUntilOf(expiresAt, this.of.marginDays);
    if (sellUntil === undefined) codes.push(line);
    else if (sellUntil.getTime() > this.startedAt) codes.push({ ...line, ...(expiresAt && { expiresAt }), sellUntil });
    else this.noteFault({ line: line.line, fault: 'near-expiry' });
  }

  /** However it ends, what is stored is in the books. */
  async end(): Promise<void> {
    await this.storing.catch(() => undefined);
    const { house, batchId } = this.of;
    await house.batches.note(batchId, this.counts, this.problems, {
      state: this.whole ? 'done' : 'stopped',
      hash: this.hash.digest('hex'),
    });
  }

  view(state: BatchState, available?: number): ImportView {
    const { lines: read, ...counts } = this.counts;
    return {
      batchId: this.of.batchId,
      state,
      read,
      stored: this.stored,
      ...counts,
      problems: this.problems,
      ...(available !== undefined && { available }),
    };
  }

  private async store(codes: readonly CodeLine[]): Promise<void> {
    const { house, offer, key, batchId, importedBy } = this.of;
    const batch = { id: batchId, since: this.since, supplierId: offer.supplierId, importedBy };
    const store = house.stocking.prepare({ offerId: offer.offerId, sku: offer.sku, key, batch }, codes);
    await this.storing;
    if (codes.length === 0) return;
    await this.tellNow();
    this.storing = store().then(({ stored, known }) => {
      this.stored += stored;
      for (const it of known) {
        this.counts[it.repeated ? 'repeated' : 'duplicates'] += 1;
        if (!it.repeated) this.name({ line: it.line, code: 'duplicate', ...this.mayKnow(it.from) });
      }
    });
    this.storing.catch(() => undefined);
  }

  /** A supplier learns nothing of another's codes. */
  private mayKnow(from: KnownFrom | undefined): Pick<LineProblem, 'batchId' | 'knownFrom'> {
    const { caller, offer } = this.of;
    if (from === undefined || (caller.scope !== 'operator' && from.supplierId !== offer.supplierId)) return {};
    return { ...(from.batchId !== undefined && { batchId: from.batchId }), knownFrom: from };
  }

  private noteFault({ line, fault, column }: Extract<ImportLine, { readonly fault: string }>): void {
    this.counts.invalid += 1;
    this.name({ line, code: fault, ...(column !== undefined && { column }) });
  }

  private name(problem: LineProblem): void {
    if (this.problems.length < PROBLEMS_NAMED_MAX) this.problems.push(problem);
  }

  private async tellNow(): Promise<void> {
    if (Date.now() - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = Date.now();
    await this.of.house.batches.note(this.of.batchId, this.counts, this.problems);
    this.of.tell?.(this.view('running'));
  }

  private async *hashed(body: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      this.hash.update(chunk);
      yield chunk;
    }
  }
}

const tooNear = (marginDays: number): Problem =>
  new Problem(
    422,
    'batch-near-expiry',
    `Its codes are not sold in the last ${marginDays} days before they expire (marginDays)`,
    undefined,
    {
      field: 'expiresAt',
    },
  );

const problemOf = ({ code, message, column }: WrongStream): Problem =>
  new Problem(422, code, 'The stream cannot be read', message, { ...(column !== undefined && { field: column }) });

function bodyOf(request: FastifyRequest): Readable {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (encoding !== 'identity')
    throw new Problem(415, 'content-encoding-unknown', 'Send the codes as they are, without Content-Encoding', undefined, {
      field: 'content-encoding',
    });
  const { body } = request;
  const isStream = typeof body === 'object' && body !== null && 'pipe' in body;
  if (!isStream) throw new Problem(415, 'media-type-unknown', 'Send application/x-ndjson or text/csv');
  return body as Readable;
}
