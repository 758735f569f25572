import { type Decision, partsOfHoldId } from '@midstream/kernel';
import { assignOrAsk } from './consent';
import { draftOf, type Draft, giveUp, ofLine, settle } from './draft';
import { EXCLUSIONS_MAX, RANKING_BACKOFF_MS, RANKINGS_MAX, WAIT_RETRY_MS } from './limits';
import type { AskAgain, NoteAnswer, OrderEvent } from './messages';
import type { Products } from './products';
import { isClear, repack } from './repack';
import { ask, isExhausted } from './select';
import { type Asked, type Line, lineOf, type Rows, rowOf, sum } from './state';

/** Inventory's answer to an attempt: assign or ask what was held, look again for what was not (protocol 15). */
export function noteAnswer(command: NoteAnswer, rows: Rows, products: Products): Decision<OrderEvent> {
  const known = rows.orders[command.orderId]?.lines[command.lineId];
  if (known === undefined) return [];
  const asked = known.selecting[command.attempt];
  if (asked === undefined || asked.askAt !== undefined) return turnAway(command, known);

  const draft = draftOf(rows);
  const { attempt, decisionId, holds, candidates, gates, tried, repack: found } = command;
  const unheld = asked.quantity - sum(holds, (it) => it.tally.granted);
  const noted = { type: 'AnswerNoted', ...ofLine(command), attempt, decisionId, holds, unheld, tried, candidates, gates } as const;
  draft.emit(found === undefined ? noted : { ...noted, repack: found });
  const line = lineOf(draft.rows, command);
  const made = holds.map((it) => rowOf(line.holds, it.tally.holdId));
  assignOrAsk(draft, command, made, { at: command.at, products });
  if (unheld > 0) lookAgain(draft, command, { ...asked, quantity: unheld });
  settle(draft, command);
  return draft.events;
}

/** Nobody waits for these units any more: they go back at once, and never enter the line's tallies (protocol 8). */
function turnAway(command: NoteAnswer, line: Line): Decision<OrderEvent> {
  const unknown = command.holds.map((it) => it.tally.holdId).filter((it) => line.holds[it] === undefined);
  const isNew = unknown.length > 0 && !line.turnedAway.includes(partsOfHoldId(unknown[0] ?? '').attempt);
  return isNew ? [{ type: 'ReleaseRequested', ...ofLine(command), holdIds: unknown, reason: 'attempt-closed' }] : [];
}

/**
 * Units that could not be held: asked for again soon; or, without any candidate, looked for as pieces, at the next restock, or given up
 * (protocol 15, 17).
 */
function lookAgain(draft: Draft, command: NoteAnswer, asked: Asked): void {
  const wasTried = command.tried.some((it) => it.outcome !== 'banned');
  if (wasTried && mayAskAgain(draft, command, asked)) return askSoon(draft, command, asked);
  const quantity = repack(draft, command, asked, command.repack);
  if (quantity === 0) return;
  const left = { ...asked, quantity };
  // Other goods were left alone for the sake of the pieces
  if (isClear(command.repack) && mayAskAgain(draft, command, left)) return askSoon(draft, command, left);
  waitOrGiveUp(draft, command, left);
}

const mayAskAgain = (draft: Draft, of: NoteAnswer, { ranking }: Asked): boolean =>
  ranking < RANKINGS_MAX && !isExhausted(lineOf(draft.rows, of));

function askSoon(draft: Draft, command: NoteAnswer, asked: Asked): void {
  const { ranking } = asked;
  const attempt = lineOf(draft.rows, command).attempts + 1;
  const again = { ...asked, attempt, ranking: ranking + 1, tried: triedOf(asked, command.tried) };
  const askAt = command.at + RANKING_BACKOFF_MS * 2 ** (ranking - 1);
  draft.emit({ type: 'AskPlanned', ...ofLine(command), asked: again, askAt, waits: false });
}

function waitOrGiveUp(draft: Draft, command: NoteAnswer, asked: Asked): void {
  const { substitution, deliverByAt, attempts, capped: cap } = lineOf(draft.rows, command);
  const { waitUntil } = substitution;
  const askAt = command.at + WAIT_RETRY_MS;
  if (waitUntil !== undefined && askAt <= Math.min(Date.parse(waitUntil), deliverByAt)) {
    const fresh = { ...asked, attempt: attempts + 1, ranking: 1, tried: [] };
    return draft.emit({ type: 'AskPlanned', ...ofLine(command), asked: fresh, askAt, waits: true });
  }
  giveUp(draft, command, {
    quantity: asked.quantity,
    gates: command.gates,
    ...(cap === undefined ? { reason: 'no-candidate' } : { reason: 'cap-reached', cap }),
  });
}

/** Of each offer the newest version at which it had nothing; the newest offers where they are more than a request carries. */
function triedOf({ tried }: Asked, more: NoteAnswer['tried']): Asked['tried'] {
  const versions = new Map(tried.map((it) => [it.offerId, it.version]));
  for (const { offerId, version } of more) {
    const known = versions.get(offerId) ?? 0;
    versions.delete(offerId);
    versions.set(offerId, Math.max(version, known));
  }
  return [...versions].map(([offerId, version]) => ({ offerId, version })).slice(-EXCLUSIONS_MAX);
}

/** The wait is over: the question is put. */
export function askAgain(command: AskAgain, rows: Rows): Decision<OrderEvent> {
  const planned = rows.orders[command.orderId]?.lines[command.lineId]?.selecting[command.attempt];
  if (planned?.askAt === undefined || command.at < planned.askAt) return [];
  const { askAt: _, ...asked } = planned;
  const draft = draftOf(rows);
  ask(draft, command, asked);
  return draft.events;
}
