import { INSIDE, type Inside } from '@midstream/runtime/ops';
import { Inject, Injectable } from '@nestjs/common';

/** What SREs watch of inventory: each is read when it is scraped. */
const GAUGES = [
  [
    'midstream_drain_backlog_units',
    'Units held at offers that are being drained',
    `SELECT coalesce(sum(o.held), 0) AS n FROM drain d JOIN offer o USING (id) WHERE d.armed`,
  ],
  ['midstream_drains_stopped', 'Drains that an operator has stopped', `SELECT count(*) AS n FROM drain WHERE state ->> 'stopped' = 'true'`],
  ['midstream_purchases_unknown', 'Purchases of unknown outcome', `SELECT count(*) AS n FROM purchase WHERE status = 'unknown'`],
  [
    'midstream_purchases_overdue',
    'Purchases still open past the time by which the buyer was to have them: an operator’s case',
    `SELECT count(*) AS n FROM purchase WHERE status IN ('submitting', 'unknown', 'accepted') AND (state ->> 'deliverByAt')::bigint < extract(epoch FROM clock_timestamp()) * 1000`,
  ],
  [
    'midstream_hold_oldest_seconds',
    'Age of the oldest hold that is still held or queued',
    `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS n FROM hold WHERE strikable > 0`,
  ],
  [
    'midstream_suppliers_short',
    'Suppliers that have refused for want of our balance, which is not back yet',
    `SELECT count(*) AS n FROM account WHERE short`,
  ],
  [
    'midstream_supplier_balances_low',
    'Suppliers where our balance is below what the operator wants there',
    `SELECT count(*) AS n FROM supplier s JOIN account a USING (id) WHERE (a.state ->> 'balanceMinor')::bigint < (s.state ->> 'lowBalanceMinor')::bigint`,
  ],
  [
    'midstream_units_waiting_for_balance',
    'Units that wait for our balance with a supplier',
    `SELECT coalesce(sum(waiting), 0) AS n FROM hold WHERE waiting > 0`,
  ],
  [
    'midstream_work_items_open',
    'Work items of suppliers who fulfil by hand, not closed',
    `SELECT count(*) AS n FROM work_item WHERE status = 'open'`,
  ],
  [
    'midstream_work_items_due_soon',
    'Work items that were reminded of: their deadline is near, or over',
    `SELECT count(*) AS n FROM work_item WHERE status = 'open' AND reminded_at IS NOT NULL`,
  ],
  [
    'midstream_work_items_late',
    'Work items past their deadline',
    `SELECT count(*) AS n FROM work_item WHERE status = 'open' AND due_at < clock_timestamp()`,
  ],
  [
    'midstream_reconciliation_differences',
    'Differences between our book and a supplier’s that nobody has settled',
    `SELECT count(*) AS n FROM reconciliation_item WHERE resolved_at IS NULL`,
  ],
  [
    'midstream_supplier_polls_failing',
    'Suppliers that are asked for their stock, and have not answered three times in a row or more',
    `SELECT count(*) AS n FROM supplier_poll p JOIN supplier s ON s.id = p.supplier_id WHERE p.failures >= 3 AND s.state ? 'pollEveryMs'`,
  ],
  ['midstream_codes_free', 'Codes in the vaults that no unit has', `SELECT count(*) AS n FROM code WHERE state = 'free'`],
] as const;

@Injectable()
export class Gauges {
  constructor(@Inject(INSIDE) { metrics, database }: Inside) {
    for (const [name, help, sql] of GAUGES) {
      metrics.gauge(name, help, () =>
        database.pool.query<{ n: string }>(sql).then(
          ({ rows }) => Number(rows[0]?.n),
          () => Number.NaN,
        ),
      );
    }
  }
}
