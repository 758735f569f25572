import type { Live } from './show';

const AGAIN_MS = 500;
/** A stream that says nothing, not even that it lives, is dead: it says so every 15 s. */
const SILENCE_MS = 40_000;

interface Told {
  readonly orderId: string;
  readonly lineId?: string;
  readonly reason?: string;
  readonly consentId?: string;
  readonly replaces?: string;
}

/** What the merchant's live stream has told of each line. */
interface LineTold {
  assigned: boolean;
  hit: boolean;
  substituted: boolean;
  asked: boolean;
  givenUp: boolean;
  ended: boolean;
}

export interface Watch {
  /** Counts of the orders that `isMine` says are the drill's. */
  counts(isMine: (orderId: string) => boolean): Omit<Live, 'placed'>;
  stop(): void;
}

/** Follows the merchant's live stream for the eye: the figures at the end come from the timelines. Comes back by itself, without loss. */
export function watchOrders(url: string, key: string): Watch {
  const lines = new Map<string, LineTold>();
  const ending = new AbortController();
  void follow(url, key, ending.signal, (type, told) => note(lines, type, told));
  return {
    counts(isMine) {
      const mine = [...lines].filter(([name]) => isMine(name.split('/')[0] ?? '')).map(([, it]) => it);
      const count = (test: (it: LineTold) => boolean): number => mine.filter(test).length;
      return {
        held: count((it) => it.assigned),
        hit: count((it) => it.hit),
        reselected: count((it) => it.hit),
        substituted: count((it) => it.substituted),
        asked: count((it) => it.asked),
        givenUp: count((it) => it.givenUp),
        ended: count((it) => it.ended),
      };
    },
    stop: () => ending.abort(),
  };
}

function note(lines: Map<string, LineTold>, type: string, { orderId, lineId, replaces }: Told): void {
  if (lineId === undefined) return;
  const name = `${orderId}/${lineId}`;
  const line = lines.get(name) ?? { assigned: false, hit: false, substituted: false, asked: false, givenUp: false, ended: false };
  lines.set(name, line);
  if (type === 'LineSelectionRequested' && replaces !== undefined) line.hit = true;
  if (type === 'LineAssigned') line.assigned = true;
  if (type === 'LineAssigned' && replaces !== undefined) line.substituted = true;
  if (type === 'ConsentRequested') line.asked = true;
  if (type === 'UnitsGivenUp') line.givenUp = true;
  if (type === 'LineClosed') line.ended = true;
}

async function follow(url: string, key: string, signal: AbortSignal, hear: (type: string, told: Told) => void): Promise<void> {
  let lastId = '';
  while (!signal.aborted) {
    try {
      const headers = { authorization: `Bearer ${key}`, ...(lastId !== '' && { 'last-event-id': lastId }) };
      const answer = await fetch(`${url}/v1/orders/stream`, { headers, signal });
      for await (const { id, type, data } of eventsOf(answer)) {
        if (id !== '') lastId = id;
        if (data !== '') hear(type, JSON.parse(data) as Told);
      }
    } catch {
      // the stream broke: it is taken up where it was
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

async function* eventsOf({ body, ok }: Response): AsyncGenerator<StreamEvent> {
  if (!ok || body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const part = await withinSilence(reader.read());
    if (part === undefined || part.done) return void reader.cancel().catch(() => undefined);
    const blocks = `${rest}${part.value}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield eventOf(block);
  }
}

function eventOf(block: string): StreamEvent {
  const field = (name: string): string => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: field('id'), type: field('event'), data: field('data') };
}

function withinSilence<Value>(read: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), SILENCE_MS)));
  return Promise.race([read, silence]).finally(() => clearTimeout(timer));
}
