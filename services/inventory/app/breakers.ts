import { type CircuitBreakerPolicy, BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { type Answer, CannotBeAsked } from './adapters/port';

/** Calls in a row that a supplier did not answer: then it is left in peace, and tried again with one call after a while. */
export const BREAKER_FAILURES = 5;
export const BREAKER_REST_MS = 30_000;

/** A breaker for each supplier that is called over the network. Each process has its own: what it protects is its own calls. */
export class Breakers {
  private readonly policies = new Map<string, CircuitBreakerPolicy>();
  private news: (supplierId: string) => void = () => undefined;

  constructor(private readonly restMs = BREAKER_REST_MS) {}

  /** Who is told that a supplier's breaker has opened. */
  tell(news: (supplierId: string) => void): void {
    this.news = news;
  }

  /** Buys, where the breaker lets it; else nothing was sent, and nothing was bought. */
  async buy(supplierId: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await this.of(supplierId).execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError) return { units: [], rest: 'capacity', unitCostMinor: 0 };
      throw error;
    }
  }

  /** @throws BrokenCircuitError where it is open: it is asked later */
  ask(supplierId: string, call: () => Promise<Answer>): Promise<Answer> {
    return this.of(supplierId).execute(call);
  }

  get open(): number {
    return [...this.policies.values()].filter((it) => it.state === CircuitState.Open).length;
  }

  private of(supplierId: string): CircuitBreakerPolicy {
    const known = this.policies.get(supplierId);
    if (known !== undefined) return known;
    const made = circuitBreaker(
      handleWhen((error) => !(error instanceof CannotBeAsked)).orWhenResult((it) => isDown(it)),
      { halfOpenAfter: this.restMs, breaker: new ConsecutiveBreaker(BREAKER_FAILURES) },
    );
    made.onBreak(() => this.news(supplierId));
    this.policies.set(supplierId, made);
    return made;
  }
}

/** It was not reached, or would not look: for the supplier that is the same as silence. */
const isDown = (answer: unknown): boolean => (answer as Partial<Answer> | undefined)?.rest === 'capacity';
