import { convert, type Hold, type InventoryEvent, type Offer, type Product, type Purchase, unitId } from '@midstream/inventory-domain';
import { bodyOf, readPurchase, readRefusal } from '@midstream/inventory/adapters/http/wire';
import { drainsOf } from '@midstream/inventory/drain';
import { factorOf, wantedOf } from '@midstream/inventory/procure';
import type { NotificationEvent } from '@midstream/notification-domain';
import { Codes } from './codes';
import { youngest } from './drain';
import type { Call } from './machine';
import type { Random } from './random';
import type { Receivers } from './receivers';
import type { Shell } from './shell';
import { type Mood, Suppliers, type WireAnswer } from './suppliers';
import type { WaitingEffect } from './todo';
import type { AnyCommand } from './wiring';

type Answer = ReturnType<typeof readRefusal>;
type EventOf<All extends { readonly type: string }, Type extends All['type']> = Extract<All, { readonly type: Type }>;
/** A purchase as inventory asks for it, and minor units of the hub's currency for one of the supplier's. */
type Wanted = ReturnType<typeof wantedOf> & { readonly factor: number };
type Own<Type extends InventoryEvent['type']> = EventOf<InventoryEvent, Type>;

const PLENTY_MINOR = 1_000_000_000;
const BUY_WAIT_MS = 15_000;
const ASK_WAIT_MS = 10_000;
const SLOW_MS = 90_000;
/** Moods in which no answer to a purchase comes back. */
const NO_ANSWER: readonly Mood[] = ['late', 'deaf', 'slow', 'silent'];

export interface OutsideOptions {
  readonly random: Random;
  readonly receivers: Receivers;
  readonly later: (ms: number, run: () => void) => void;
  readonly now: () => number;
}

/** What the services' effects come to outside: purchases, codes, drains' look at the holds, webhooks. Played by name; no other is known. */
export class Outside {
  readonly codes = new Codes();
  readonly suppliers = new Suppliers();

  constructor(private readonly options: OutsideOptions) {}

  call(shell: Shell, effect: WaitingEffect): Call {
    const { random } = this.options;
    const quick = (act: Call['act']): Call => ({ reachMs: random.whole(0, 5), answerMs: random.whole(0, 20), act });
    const event = effect.event as InventoryEvent | NotificationEvent;
    switch (event.type) {
      case 'PurchaseOpened':
        return this.buy(shell, event);
      case 'PurchaseAsked':
        return this.ask(shell, event);
      case 'CodesKept':
        return quick(() => this.stow(event));
      case 'CodesQuarantined':
        return quick(() => {
          this.codes.quarantine(event.units);
          return [];
        });
      case 'ClosuresSet':
        return quick(() => this.unban(shell, event));
      case 'BalanceAsked':
        return this.askBalance(shell, event);
      case 'BalanceBack':
        return quick(() => resume(shell, event.supplierId));
      case 'CapsDue':
        return quick(() => spread(shell));
      case 'DrainDue':
        return quick(() => drainsOf(event.offerId, youngest(shell, event.offerId)));
      case 'AttemptDue':
        return this.options.receivers.call(event);
      default:
        throw new Error(`the model does not play the effect of ${event.type}`);
    }
  }

  /** We have money there unless one of its goods says otherwise. */
  private askBalance(shell: Shell, { supplierId, check }: Own<'BalanceAsked'>): Call {
    const { random } = this.options;
    const act = (): readonly AnyCommand[] => {
      const offers = [...shell.rowsOf<Offer>('offers').values()].filter((it) => it.supplierId === supplierId && it.kind === 'http');
      const moods = offers.map((it) => this.suppliers.moodOf(it.offerId, this.options.now()));
      if (moods.includes('silent') || moods.includes('deaf')) return [noted({ supplierId, check })];
      const balanceMinor = moods.includes('broke') ? 0 : PLENTY_MINOR;
      const [first] = offers;
      const { currency } = first?.quoted ?? first ?? { currency: 'CNY' };
      return [noted({ supplierId, check, balance: { balanceMinor, currency } })];
    };
    return { reachMs: random.whole(1, 50), answerMs: random.whole(5, 1_000), act };
  }

  private wantedOf(shell: Shell, purchaseId: string): { wanted: Wanted; isVault: boolean; kind: 'code' | 'top-up' } {
    const purchase = rowOf(shell.rowsOf<Purchase>('purchases'), purchaseId);
    const hold = rowOf(shell.rowsOf<Hold>('holds'), purchase.holdId);
    const offer = rowOf(shell.rowsOf<Offer>('offers'), purchase.offerId);
    const { faceValueMinor, currency } = rowOf(shell.rowsOf<Product>('products'), offer.sku);
    const loaded = { purchase, hold, offer, face: { minor: faceValueMinor, currency } };
    const wanted = { ...wantedOf(loaded), factor: factorOf(loaded) };
    return { wanted, isVault: offer.kind === 'vault', kind: offer.fulfilmentKind === 'VALUE_RECHARGE' ? 'top-up' : 'code' };
  }

  private buy(shell: Shell, { purchaseId, holdId, sku }: Own<'PurchaseOpened'>): Call {
    const { random } = this.options;
    const { suppliers } = this;
    suppliers.calls.set(purchaseId, (suppliers.calls.get(purchaseId) ?? 0) + 1);
    const { wanted, isVault, kind } = this.wantedOf(shell, purchaseId);
    if (isVault)
      return { reachMs: 0, answerMs: random.whole(1, 10), act: () => [outcome({ purchaseId, holdId, sku }, this.fromVault(wanted))] };
    const mood = suppliers.moodOf(wanted.offerId, this.options.now());
    const ordered = { ...bodyOf(wanted), purchaseId, offerId: wanted.offerId, kind };
    if (mood === 'slow') {
      // It was sent, and arrives whatever becomes of us.
      this.options.later(SLOW_MS, () => suppliers.buy(ordered, 'honest'));
      return { reachMs: BUY_WAIT_MS, answerMs: 0, act: () => 'failed' };
    }
    const act = (): readonly AnyCommand[] | 'failed' => {
      if (mood === 'deaf') return 'failed';
      const answer = suppliers.buy(ordered, mood);
      if (NO_ANSWER.includes(mood)) return 'failed';
      return this.read(wanted, corrupted(answer, mood), 'buy');
    };
    const answerMs = NO_ANSWER.includes(mood) ? BUY_WAIT_MS : random.whole(5, 3_000);
    return { reachMs: random.whole(1, 50), answerMs, act };
  }

  private ask(shell: Shell, { purchaseId, holdId, sku }: Own<'PurchaseAsked'>): Call {
    const { random } = this.options;
    const { wanted, isVault } = this.wantedOf(shell, purchaseId);
    if (isVault)
      return { reachMs: 0, answerMs: random.whole(1, 10), act: () => [outcome({ purchaseId, holdId, sku }, this.fromVault(wanted))] };
    const mood = this.suppliers.moodOf(wanted.offerId, this.options.now());
    const isSilent = mood === 'silent' || mood === 'deaf';
    const act = (): readonly AnyCommand[] | 'failed' =>
      isSilent ? 'failed' : this.read(wanted, corrupted(this.suppliers.ask(purchaseId, sku, mood), mood), 'ask');
    return { reachMs: random.whole(1, 50), answerMs: isSilent ? ASK_WAIT_MS : random.whole(5, 1_000), act };
  }

  /** What the adapter makes of an answer on the wire (services/inventory/app/adapters/http/index.ts); the reading is its own. */
  private read(wanted: Wanted, { status, body }: WireAnswer, asked: 'buy' | 'ask'): readonly AnyCommand[] | 'failed' {
    try {
      const answer = status === 200 ? this.take(wanted, body) : readRefusal(status, body, asked);
      return [outcome(wanted, { ...answer, unitCostMinor: convert(answer.unitCostMinor, wanted.factor) })];
    } catch {
      return 'failed';
    }
  }

  private take(wanted: Wanted, body: unknown): Answer {
    const { status, costMinor, units } = readPurchase(body, wanted);
    const numbered = units.map((it, n) => ({ ...it, unit: n + 1 }));
    const sent = numbered.flatMap((it) => (it.kind === 'code' ? [{ unit: unitId(wanted.purchaseId, it.unit), code: it.code }] : []));
    const good = this.codes.keepSent(wanted, sent);
    return {
      units: numbered.map(({ unit, kind }) => ({
        unit,
        kind: kind === 'top-up' ? 'top-up' : good.has(unitId(wanted.purchaseId, unit)) ? 'code' : 'invalid',
      })),
      rest: status === 'accepted' ? 'pending' : 'refused',
      unitCostMinor: costMinor,
    };
  }

  /** To buy from a vault is to assign, and to ask is to buy again (services/inventory/app/adapters/vault/index.ts). */
  private fromVault(wanted: Wanted): Answer {
    const numbers = Array.from({ length: wanted.quantity }, (_, n) => n + 1);
    const given = this.codes.assign(
      wanted,
      numbers.map((it) => unitId(wanted.purchaseId, it)),
    );
    const units = numbers.filter((it) => given.has(unitId(wanted.purchaseId, it))).map((unit) => ({ unit, kind: 'code' as const }));
    return { units, rest: 'out-of-stock', unitCostMinor: wanted.unitCostMinor };
  }

  private stow({ units, terms }: Own<'CodesKept'>): readonly AnyCommand[] {
    this.codes.giveBack(units, terms.offerId);
    const command = { type: 'CountVault', offerId: terms.offerId, stocked: this.codes.stocked(terms.offerId), terms };
    return [command];
  }

  private unban(shell: Shell, { offerId }: Own<'ClosuresSet'>): readonly AnyCommand[] {
    const delivered = shell.recorded('DeliveryRow');
    const isDelivered = (unit: string): boolean => delivered.some((it) => it['id'] === unit);
    return [...shell.rowsOf<Purchase>('purchases').values()]
      .filter((it) => it.offerId === offerId && it.quarantined > 0)
      .flatMap(({ purchaseId, holdId, sku }) => {
        const units = this.codes.undelivered(purchaseId, isDelivered);
        return units.length === 0 ? [] : [{ type: 'FreeQuarantined', purchaseId, holdId, sku, units } as AnyCommand];
      });
  }
}

const outcome = ({ purchaseId, holdId, sku }: Pick<Wanted, 'purchaseId' | 'holdId' | 'sku'>, answer: Answer): AnyCommand => {
  const command = { type: 'RecordOutcome', purchaseId, holdId, sku, ...answer };
  return command;
};

const noted = (of: object): AnyCommand => {
  const command = { type: 'NoteBalance', ...of };
  return command;
};

/** What the effect reads and plans (services/inventory/app/balance.ts). */
function resume(shell: Shell, supplierId: string): readonly AnyCommand[] {
  const offers = [...shell.rowsOf<Offer>('offers').values()].filter((it) => it.supplierId === supplierId && it.unpaid === true);
  const holds = [...shell.rowsOf<Hold>('holds').values()].filter((it) => it.supplierId === supplierId && (it.waiting ?? 0) > 0);
  return [
    ...offers.map(({ offerId }) => ({ type: 'ResumeOffer', offerId }) as AnyCommand),
    ...holds.map(({ holdId }) => ({ type: 'ResumeHold', holdId }) as AnyCommand),
  ];
}

/** Every offer looks for itself (services/inventory/app/caps.ts). */
const spread = (shell: Shell): readonly AnyCommand[] =>
  [...shell.rowsOf<Offer>('offers').keys()].map((offerId) => ({ type: 'ApplyCaps', offerId }) as AnyCommand);

function corrupted(answer: WireAnswer, mood: Mood): WireAnswer {
  if (mood === 'error') return { status: 500, body: {} };
  if (mood === 'garbage') return { status: 200, body: { idempotencyKey: 'another', status: 'fulfilled' } };
  return answer;
}

function rowOf<Row>(rows: ReadonlyMap<string, Row>, id: string): Row {
  const row = rows.get(id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return row;
}
