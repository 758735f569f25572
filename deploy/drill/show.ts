import Table from 'cli-table3';
import type { Violation } from './check';
import type { Figures } from './figures';

/** Violations of one invariant that are printed; the rest is counted. */
const EXAMPLES_MAX = 5;
const LIVE_EVERY_MS = 1_000;

/** What is counted while the drill runs. */
export interface Live {
  placed: number;
  held: number;
  hit: number;
  reselected: number;
  substituted: number;
  asked: number;
  givenUp: number;
  ended: number;
}

export interface Terminal {
  say(line: string): void;
  /** One line that is written over again at a terminal, and now and then anew where the output is a file. */
  live(text: string): void;
}

export function terminalOf(out: NodeJS.WriteStream, now: () => number): Terminal {
  let isOpen = false;
  let shownAt = 0;
  return {
    say(line) {
      if (isOpen) out.write('\n');
      isOpen = false;
      out.write(`${line}\n`);
    },
    live(text) {
      if (out.isTTY) {
        out.write(`\r\x1b[2K${text.slice(0, Math.max(20, out.columns - 1))}`);
        isOpen = true;
      } else if (now() - shownAt >= LIVE_EVERY_MS * 5) {
        shownAt = now();
        out.write(`${text}\n`);
      }
    },
  };
}

export const liveText = (seconds: number, it: Live): string =>
  [
    `${seconds.toFixed(0).padStart(4)} s`,
    `placed ${it.placed}`,
    `held ${it.held}`,
    `hit ${it.hit}`,
    `re-selected ${it.reselected}`,
    `substituted ${it.substituted}`,
    `asked ${it.asked}`,
    `given up ${it.givenUp}`,
    `ended ${it.ended}`,
  ].join('  ');

export function tableOf(figures: Figures, violations: readonly Violation[], seconds: number): string {
  const table = new Table({ style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  const share = (part: number): string => (figures.hit === 0 ? '' : ` (${Math.round((part / figures.hit) * 100)} %)`);
  table.push(
    ['orders placed', figures.orders],
    ['lines', figures.lines],
    ['lines hit 受影响', figures.hit],
    ['re-selected 重新选品', `${figures.reselected}${share(figures.reselected)}`],
    ['substituted 替代', `${figures.substituted}${share(figures.substituted)}`],
    ['  by another product', figures.otherGoods],
    ['repacked 拆分面额', figures.repacked],
    ['asked 征询买家', figures.asked],
    ['given up 退款', `${figures.givenUp}${share(figures.givenUp)}`],
    [`from loss to new goods, p50 of ${figures.timed}`, milliseconds(figures.p50Ms)],
    ['  p99', milliseconds(figures.p99Ms)],
    ['  of it after order had heard', `${milliseconds(figures.heard50Ms)} / ${milliseconds(figures.heard99Ms)}`],
    ['where a buyer was asked, p50', milliseconds(figures.asked50Ms)],
    ['the drill took', `${seconds.toFixed(0)} s`],
    ['violations', violations.length],
  );
  return table.toString();
}

export function violationLines(violations: readonly Violation[]): string[] {
  const names = [...new Set(violations.map((it) => it.invariant))];
  return names.flatMap((name) => {
    const of = violations.filter((it) => it.invariant === name);
    const examples = of.slice(0, EXAMPLES_MAX).map(({ where, what }) => `    ${where}: ${what}`);
    const more = of.length > EXAMPLES_MAX ? [`    … and ${of.length - EXAMPLES_MAX} more`] : [];
    return [`  BROKEN ${name} (${of.length})`, ...examples, ...more];
  });
}

const milliseconds = (ms: number): string => (ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`);
