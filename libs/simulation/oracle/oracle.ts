import type { ComplianceEvent } from '@midstream/compliance-domain';
import type { Fact } from '@midstream/contracts';
import type { InventoryEvent } from '@midstream/inventory-domain';
import type { NotificationEvent } from '@midstream/notification-domain';
import type { OrderEvent } from '@midstream/order-domain';
import type { SelectionEvent } from '@midstream/selection-engine-domain';
import type { By } from '../machine';
import { hashOf } from '../random';
import type { OrderWish } from '../scenario';
import type { Appended, Outcome, Shell } from '../shell';
import type { AnyCommand } from '../wiring';
import type { World } from '../world';
import { type AdditionBook, Book, check, type ConsentBook, fail, type LineBook } from './book';
import { ChoiceWatch } from './choice';
import { ComplaintWatch } from './complaints';
import { HoldWatch } from './holds';
import { Market } from './market';
import { checkMovements } from './movements';
import { MoneyWatch } from './money';
import { OrderWatch } from './order';
import { PurchaseWatch } from './purchases';
import { checkQuiet, checkRest } from './rest';
import { StockWatch } from './stock';
import { ToldWatch } from './told';

/** Units of a line come to an end by these, and their money with them. */
const SETTLING: readonly OrderEvent['type'][] = ['HoldNoted', 'UnitsGivenUp', 'LineRepacked', 'ComplaintResolved'];

/**
 * Watches one world. It keeps books of its own from what was ordered, what the outside did and what the services commit; it reads none of
 * their rows and asks none of their code, so that a bug in either is no bug here.
 */
export class Oracle {
  readonly book = new Book();
  readonly stock: StockWatch;
  readonly complaints: ComplaintWatch;
  private readonly order: OrderWatch;
  private readonly money: MoneyWatch;
  private readonly holds: HoldWatch;
  private readonly purchases: PurchaseWatch;
  private readonly choice: ChoiceWatch;
  private readonly told: ToldWatch;
  private readonly keysSeen = new Set<string>();
  lines = 0;

  constructor(private readonly world: World) {
    const { book } = this;
    const market = new Market(world.market);
    const stock = new StockWatch((sku) => market.goodOf(sku)?.category);
    this.stock = stock;
    this.order = new OrderWatch(book, market, () => world.machine.shell('order').upSince);
    this.money = new MoneyWatch(book);
    this.holds = new HoldWatch(book, stock, market);
    this.purchases = new PurchaseWatch(book, stock, this.holds, world.outside.suppliers);
    this.choice = new ChoiceWatch(book, market);
    this.told = new ToldWatch(book);
    this.complaints = new ComplaintWatch(book, world);
  }

  fail(invariant: string, detail: string): never {
    return fail(invariant, detail);
  }

  /** A transaction of a service, whole. */
  committed(shell: Shell, appended: readonly Appended[]): void {
    switch (shell.name) {
      case 'order':
        return this.onOrder(appended);
      case 'inventory':
        return this.onInventory(appended);
      case 'selection-engine':
        for (const it of appended) this.choice.onSelection(it.event as SelectionEvent);
        return;
      case 'compliance':
        for (const it of appended) this.choice.onCompliance(it.event as ComplianceEvent, it.at);
        return;
      case 'notification':
        for (const it of appended) this.told.on(it.event as NotificationEvent);
    }
  }

  private onOrder(appended: readonly Appended[]): void {
    for (const it of appended) {
      const event = it.event as OrderEvent;
      if (event.type === 'MoneyMoved') this.money.on(event);
      else this.order.on(event, it.at);
      if (event.type === 'ComplaintFiled') this.complaints.onFiled(event, it.at);
      if (event.type === 'ComplaintResolved') this.complaints.onResolved(event);
      if (SETTLING.includes(event.type)) this.money.touch(this.book.lineOf(event as Fact<'UnitsGivenUp'>));
      if (event.type === 'OrderPlaced') this.lines += event.lines.length;
      if (event.type === 'ConsentRequested') this.expectAnswer(event);
      if (event.type === 'AdditionOffered') this.expectWord(event);
      this.told.onFact(it);
    }
    this.order.settle();
    this.money.settle();
  }

  private onInventory(appended: readonly Appended[]): void {
    for (const it of appended) {
      const event = it.event as InventoryEvent;
      this.stock.on(event, it.at);
      this.holds.on(event, it.at);
      this.purchases.on(event, it.at);
      if (event.type === 'ProductState') this.choice.priced(event);
      this.told.onFact(it);
    }
    this.stock.settle();
    this.holds.settle();
    this.purchases.settle();
  }

  wished(order: OrderWish): void {
    this.book.wish(order);
  }

  /** The same key and body have the same answer (I11). */
  placed(orderId: string, outcomes: readonly Outcome[]): void {
    this.keysSeen.add(orderId);
    const { isPlaced } = this.book.orderOf(orderId);
    for (const it of outcomes) {
      if (it.kind === 'replayed')
        check((it.refused === undefined) === isPlaced, 'I11', () => `${orderId} is answered in another way than before`);
      if (it.kind === 'done') check(isPlaced, 'I11', () => `${orderId} was taken, and is not placed`);
    }
  }

  keyReused(orderId: string, [outcome]: readonly Outcome[]): void {
    if (!this.keysSeen.has(orderId)) return; // it came first, and the key is its own
    const isRefused = outcome?.kind === 'refused' && outcome.rejection.rejected === 'idempotency-key-reused';
    check(isRefused, 'I11', () => `the key of ${orderId} is taken for another body`);
  }

  merchantOf(orderId: string): string | undefined {
    return this.book.orders.get(orderId)?.wish.merchantId;
  }

  /** A cancel is on its way: from now on it may take effect. */
  cancels(orderId: string): void {
    this.book.orderOf(orderId).mayCancel = true;
  }

  cancelled(orderId: string, foreign: boolean, outcomes: readonly Outcome[]): void {
    if (!foreign) return;
    for (const it of outcomes) check(it.kind === 'refused', 'I10', () => `${orderId} was cancelled by another merchant`);
  }

  refused(_shell: Shell, command: AnyCommand, code: string, by: By): void {
    check(by !== 'fact', 'I5', () => `a fact was refused: ${command.type}, ${code}`);
  }

  /** Buyers have habits: by the question's id, so that the same question always gets the same answer. */
  private expectAnswer({ consentId, orderId, lineId }: Fact<'ConsentRequested'>): void {
    const habit = hashOf(`${this.world.seed}/${consentId}`);
    if (habit % 10 >= 7) return;
    const answer = habit % 3 === 0 ? 'no' : 'yes';
    const times = habit % 7 === 0 ? 2 : 1;
    const line = this.book.lineOf({ orderId, lineId });
    for (let n = 0; n < times; n++) this.world.machine.agenda.after((habit % 9_000) + n * 700, () => this.answer(line, consentId, answer));
  }

  /**
   * Merchants have habits here, too: most say yes, some to fewer units, some twice, some just when it lapses or after that, some say nothing.
   */
  private expectWord({ additionId, orderId, quantity, expiresAt }: Fact<'AdditionOffered'>): void {
    const habit = hashOf(`${this.world.seed}/${additionId}`);
    if (habit % 10 >= 9) return;
    const answer = habit % 4 === 0 ? 'declined' : 'accepted';
    const units = habit % 5 === 0 ? Math.ceil(quantity / 2) : quantity;
    const { agenda } = this.world.machine;
    const say = (): void => this.answerAddition(orderId, additionId, { answer, quantity: units });
    const lapses = Date.parse(expiresAt);
    if (habit % 6 === 0) agenda.at(lapses, say);
    else if (habit % 6 === 1) agenda.at(lapses + (habit % 3_000), say);
    else for (let n = 0; n < 1 + (habit % 2); n++) agenda.after((habit % 9_000) + n * 700, say);
  }

  private answerAddition(orderId: string, additionId: string, { answer, quantity }: AdditionBook['said'][number]): void {
    const order = this.book.orderOf(orderId);
    const addition = order.additions.get(additionId);
    if (addition === undefined) return;
    addition.said.push({ answer, quantity });
    const of = { type: 'AnswerAddition', orderId, merchantId: order.wish.merchantId, additionId };
    const command = { ...of, answer, ...(answer === 'accepted' && { quantity }) };
    this.world.send('order', [{ command, actor: `merchant:${order.wish.merchantId}` }]);
  }

  /** Somebody answers some question, open or not. */
  answerSome(pick: number, answer: 'yes' | 'no'): void {
    const all = [...this.book.orders.values()]
      .flatMap((it) => [...it.lines.values()])
      .flatMap((line) => [...line.consents.values()].map((consent) => ({ line, consent })));
    const found = all[pick % Math.max(1, all.length)];
    if (found !== undefined) this.answer(found.line, found.consent.consentId, answer);
  }

  private answer(line: LineBook, consentId: string, answer: 'yes' | 'no'): void {
    const { orderId, merchantId } = line.order.wish;
    line.said.push({ consentId, answer });
    const command = { type: 'AnswerConsent', orderId, merchantId, lineId: line.wish.lineId, consentId, answer };
    let before: ConsentBook['answer'];
    const consent = line.consents.get(consentId);
    this.world.send(
      'order',
      [{ command, actor: `merchant:${merchantId}` }],
      ([outcome]) => {
        const isVoid = before === 'withdrawn' && outcome?.kind !== 'refused';
        check(!isVoid, '19', () => `${consentId} was withdrawn, and its answer is taken`);
      },
      120,
      () => (before = consent?.answer),
    );
  }

  quiet(): void {
    checkQuiet(this.world, this.book);
    this.checkBooks();
  }

  atRest(): void {
    this.money.atRest();
    this.told.atRest(this.world.receivers);
    this.complaints.atRest();
    checkRest(this.world, this.book, { stock: this.stock, purchases: this.purchases, choice: this.choice });
    this.checkLedger();
    this.checkBooks();
  }

  /** The hourly look at the ledger of stock, in worlds that keep it whole. */
  private checkBooks(): void {
    const { machine } = this.world;
    if (machine.options.strict || machine.options.keepsBooks) checkMovements(machine.shell('inventory'), this.stock.offers);
  }

  /** The ledger that is kept says what was moved: each movement sums to zero, and each account to its balance. */
  private checkLedger(): void {
    const movements = new Map<string, number>();
    const accounts = new Map<string, number>();
    for (const row of this.world.machine.shell('order').recorded('LedgerRow')) {
      const [movement, merchant, account] = [row['movement_id'], row['merchant_id'], row['account']] as [string, string, string];
      const amount = Number(row['amount_minor']);
      movements.set(movement, (movements.get(movement) ?? 0) + amount);
      accounts.set(`${merchant}/${account}`, (accounts.get(`${merchant}/${account}`) ?? 0) + amount);
    }
    for (const [movement, sum] of movements) check(sum === 0, 'I4', () => `movement ${movement} sums to ${sum} in the ledger`);
    for (const [merchantId, { available }] of this.money.balances) {
      const kept = accounts.get(`${merchantId}/merchant-available`) ?? 0;
      check(kept === available, 'I4', () => `${merchantId} has ${available}, and the ledger says ${kept}`);
      const row = this.world.machine.shell('order').rowsOf<{ availableMinor: number; heldMinor: number }>('accounts').get(merchantId);
      check(
        row?.availableMinor === available && row.heldMinor === 0,
        'I4',
        () => `${merchantId} has ${available}, and its row says otherwise`,
      );
    }
  }
}
