import { Type } from '@sinclair/typebox';
import { CANDIDATES_MAX } from './selection';
import { Candidate, closed, GateCounts, Id, Instant, ofLine, Region, Repack, SelectionRequest, Sku, VerdictStatus, Version } from './words';

/** The same list, each candidate, and the repack, now with a verdict: what is not `compliant` is struck out, and stays visible. */
export const OffersCleared = closed({
  ...ofLine,
  decisionId: Id,
  request: SelectionRequest,
  candidates: Type.Array(Candidate, { maxItems: CANDIDATES_MAX }),
  gates: GateCounts,
  repack: Type.Optional(Repack),
});

/** All regions of an SKU in one record, since compaction by SKU would drop the others (protocol 14). */
export const VerdictState = closed({
  sku: Sku,
  version: Version,
  verdicts: Type.Array(
    closed({
      region: Region,
      status: VerdictStatus,
      ruleId: Type.Optional(Id),
      ruleVersion: Version,
      reason: Type.Optional(Type.String({ maxLength: 300 })),
      from: Instant,
      until: Type.Optional(Instant),
    }),
  ),
});
