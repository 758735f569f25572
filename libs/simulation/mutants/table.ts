import type { Mutation, Row } from './index';
import { SEEDS_MAX } from './index';

/** The rows as a page of Markdown, with what is counted of them. */
export function tableOf({ mutants, caught, rows }: Mutation): string {
  const kinds = new Set(rows.map((it) => it.mutant.kind));
  const testable = rows.filter((it) => it.unitTests !== undefined);
  const tested = testable.filter((it) => it.unitTests === true);
  const seeds = rows.flatMap((it) => (it.seed === undefined ? [] : [it.seeds])).sort((a, b) => a - b);
  return `# Planted bugs

Each is a change of one line, and type-checks. The simulation sees **${caught} of ${mutants}**, of ${kinds.size} kinds, within ${SEEDS_MAX} seeds and without any
other test: half of them within ${seeds[seeds.length >> 1] ?? 0} seeds, the last after ${seeds.at(-1) ?? 0}. The unit tests beside the file see ${tested.length} of the ${testable.length}
that have some. \`main.ts\` makes this page from real runs; \`seen.json\` keeps the seeds, so that the tests look there first.

"By" is the rule that was broken: a number of protocol.md, one of the product's I1 to I13, or \`thrown\`, where a domain's own \`uphold\` or an
assertion stopped. Where a file of the model stands under "file", what it plays is named.

Tried, and not seen in ${SEEDS_MAX} worlds: \`return approved === undefined;\` in \`needsConsent\` (\`services/order/domain/consent.ts\`). A yes at one price would answer the
next question at a higher one; for that a good must be agreed to, lost, made dearer, and chosen for the line again, still below what it replaces.

| bug | kind | file | what it breaks | by | seed | unit tests too |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(lineOf).join('\n')}
`;
}

function lineOf({ mutant: { id, kind, file, why }, invariant, seed, unitTests }: Row): string {
  const cells = [
    id,
    kind,
    `\`${file}\``,
    why,
    invariant ?? '**not seen**',
    seed ?? '–',
    unitTests === undefined ? '–' : unitTests ? 'yes' : 'no',
  ];
  return `| ${cells.map((it) => String(it).replaceAll('|', '\\|')).join(' | ')} |`;
}
