import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An attempt that was answered. */
@Entity('ranked')
export class RankedRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') planned!: number;
  @Column('int') quantity!: number;
  @Column('json') state!: unknown;
}

/** Append-only: a decision with all that it was made of. */
@Entity('decision')
export class DecisionRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'merchant_id' }) merchantId!: string;
  @Column('timestamptz', { name: 'decided_at' }) decidedAt!: Date;
  @Column('text') model!: string;
  /** The good that a new line asked for; null for its further attempts. */
  @Column('text', { nullable: true }) asked!: string | null;
  /** Of how many units. */
  @Column('int', { nullable: true }) units!: number | null;
  /** Of the request, the candidates, the gates' counts and the offers considered. */
  @Column('jsonb') record!: unknown;
}

/** Append-only: a storm that was decided at once, with the certificate that its decisions point at. Money in 厘. */
@Entity('storm')
export class StormRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'offer_id' }) offerId!: string;
  @Column('timestamptz', { name: 'planned_at' }) plannedAt!: Date;
  @Column('bigint') objective!: string;
  @Column('bigint') bound!: string;
  @Column('bigint') gap!: string;
  /** Of the classes, the units, what is left, the offers with their bid prices, and the quotas. */
  @Column('jsonb') record!: unknown;
}

/** What is known of a good's market. */
@Entity('market')
export class MarketRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

/** A running order to which more may be proposed, and the goods of it that were not proposed yet. */
@Entity('watched')
export class WatchedRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { array: true }) skus!: string[];
  @Column('timestamptz') until!: Date;
  @Column('jsonb') state!: unknown;
}

/** A delivery that was complained of. */
@Entity('complaint')
export class ComplaintRow {
  @PrimaryColumn('text') id!: string;
  @Column('timestamptz', { name: 'changed_at' }) changedAt!: Date;
  @Column('jsonb') state!: unknown;
}

/** A line that ended; part of a case since `folded_at`. */
@Entity('line_end')
export class LineEndRow {
  @PrimaryColumn('text', { name: 'order_id' }) orderId!: string;
  @PrimaryColumn('text', { name: 'line_id' }) lineId!: string;
  @Column('int') ordered!: number;
  @Column('int') delivered!: number;
  @Column('timestamptz', { name: 'folded_at', nullable: true }) foldedAt!: Date | null;
  @Column('text', { name: 'case_id', nullable: true }) caseId!: string | null;
  @Column('text', { name: 'merchant_id', nullable: true }) merchantId!: string | null;
  @Column('text', { name: 'buyer_key', nullable: true }) buyerKey!: string | null;
  @Column('jsonb', { nullable: true }) served!: unknown;
  @Column('jsonb', { nullable: true }) faulty!: unknown;
  @Column('timestamptz', { name: 'ended_at' }) endedAt!: Date;
}

/** Who is to be forgotten, until his rows are gone. */
@Entity('erasure')
export class ErasureRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) id!: string;
  @Column('text', { name: 'buyer_key' }) buyerKey!: string;
}

/** What lines are ranked by: the champion, and the trial that challenges it. */
@Entity('model')
export class ModelRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

/** A challenger, by its name. */
@Entity('trial')
export class TrialRow {
  @PrimaryColumn('text') id!: string;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @Column('boolean') running!: boolean;
  @Column('jsonb') state!: unknown;
}

/** Append-only: each change of what lines are ranked by. */
@Entity('trial_change')
export class TrialChangeRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) id!: string;
  @Column('text') trial!: string;
  @Column('timestamptz', { name: 'changed_at' }) changedAt!: Date;
  @Column('text') what!: string;
  @Column('text') who!: string;
  @Column('text') why!: string;
  /** Of the settings, the share, the champion from then on, and the verdict. */
  @Column('jsonb') record!: unknown;
}

/** A line on trial; `ended_at` and what it came to are added by the loop that judges. */
@Entity('trial_line')
export class TrialLineRow {
  @PrimaryColumn('text', { name: 'order_id' }) orderId!: string;
  @PrimaryColumn('text', { name: 'line_id' }) lineId!: string;
  @Column('text') trial!: string;
  @Column('boolean') challenger!: boolean;
  @Column('int') cluster!: number;
  @Column('timestamptz', { name: 'decided_at' }) decidedAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}
