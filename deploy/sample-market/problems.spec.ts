import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MarketProblem, readMarket, SAMPLE_MARKET } from './market';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'market-'));
  cpSync(SAMPLE_MARKET, dir, { recursive: true, filter: (it) => !it.endsWith('.ts') });
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Replaces the first `from` of a file, and says what the reader then says. */
function complaintsAfter(file: string, from: string, to: string): readonly string[] {
  const text = readFileSync(join(dir, file), 'utf8');
  assert(text.includes(from), `${file} has ${from}`);
  writeFileSync(join(dir, file), text.replace(from, to));
  try {
    readMarket(dir);
  } catch (error) {
    assert(error instanceof MarketProblem, String(error));
    return error.complaints;
  }
  return [];
}

describe('somebody edits the market and makes a mistake', () => {
  const mistakes: [what: string, file: string, from: string, to: string, says: RegExp][] = [
    [
      'a product nobody lists',
      'offers/skyline-rights.yaml',
      'video-vip-week',
      'video-vip-wek',
      /^offers\/skyline-rights\.yaml:6: no product is called video-vip-wek$/,
    ],
    [
      'an unknown property',
      'suppliers.yaml',
      '}, kind: vault',
      '}, sort: 1, kind: vault',
      /^suppliers\.yaml:4: suppliers\.0 must NOT have additional properties \(sort\)$/,
    ],
    ['a kind that is none', 'suppliers.yaml', '}, kind: vault', '}, kind: volt', /^suppliers\.yaml:4: .*\(vault,http\)$/],
    [
      'a price with a fraction',
      'products/membership.yaml',
      'priceMinor: 2500',
      'priceMinor: 25.5',
      /^products\/membership\.yaml:12: .* must be integer$/,
    ],
    [
      'a sku with a space',
      'products/membership.yaml',
      'sku: video-vip-month',
      'sku: video vip month',
      /^products\/membership\.yaml:12: .*pattern/,
    ],
    [
      'a sku twice',
      'products/membership.yaml',
      'sku: video-vip-week',
      'sku: video-vip-month',
      /^products\/membership\.yaml:12: video-vip-month is there twice$/,
    ],
    [
      'tiers that do not ascend',
      'offers/jiangnan-games.yaml',
      '[[1, 948], [100, 942]]',
      '[[100, 942], [1, 948]]',
      /^offers\/jiangnan-games\.yaml:6: cost tiers start at 1/,
    ],
    ['a broken file', 'rules.yaml', 'rules:', 'rules: [', /^rules\.yaml:\d+: /],
    ['a rule about nothing', 'rules.yaml', 'sku: rainbow-jp-9000', 'sku: rainbow', /^rules\.yaml:\d+: no product is called rainbow$/],
    ['a buyer nobody knows', 'trace/1-night.csv', 'sun-hao', 'sun-hoo', /^trace\/1-night\.csv:4: no buyer is called sun-hoo$/],
    ['a policy nobody knows', 'trace/1-night.csv', ',supplier', ',suplier', /^trace\/1-night\.csv:4: no policy is called suplier$/],
    [
      'a quantity of nothing',
      'trace/1-night.csv',
      'star-voyage-cn-30,1',
      'star-voyage-cn-30,0',
      /^trace\/1-night\.csv:4: 0 is no quantity$/,
    ],
    ['a time of day that is none', 'trace/1-night.csv', '00:00:41', '24:00:41', /^trace\/1-night\.csv:4: 24:00:41 is no time of day$/],
    [
      'a time before the one above',
      'trace/2-morning.csv',
      '07:00:22',
      '01:00:22',
      /^trace\/2-morning\.csv:4: 01:00:22 comes before the row above it$/,
    ],
    ['a row without its last cell', 'trace/1-night.csv', ',1,,supplier', ',1,supplier', /^trace\/1-night\.csv:4: a row has 7 cells$/],
    [
      'a need that nothing meets',
      'trace/1-night.csv',
      'game=star-voyage',
      'game=star-trip',
      /^trace\/1-night\.csv:\d+: nothing is category=game-card/,
    ],
  ];
  for (const [what, file, from, to, says] of mistakes)
    it(`${what} is told with file and line`, () => {
      const complaints = complaintsAfter(file, from, to);
      assert(
        complaints.some((it) => says.test(it)),
        complaints.join('\n') || 'no complaint',
      );
    });

  it('two mistakes are told at once', () => {
    writeFileSync(join(dir, 'buyers.yaml'), readFileSync(join(dir, 'buyers.yaml'), 'utf8').replace('- [lin-wei', '- [lin-wai'));
    const complaints = complaintsAfter('offers/skyline-rights.yaml', 'video-vip-week', 'video-vip-wek');
    assert(complaints.some((it) => it.includes('video-vip-wek')) && complaints.some((it) => it.includes('lin-wei')));
  });

  it('a folder that is not there is a clear message', () => {
    rmSync(join(dir, 'suppliers.yaml'));
    assert.throws(() => readMarket(dir), /suppliers\.yaml: ENOENT/);
  });
});
