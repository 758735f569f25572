import { Column, Entity, PrimaryColumn } from 'typeorm';

/** All rules that are or will be in force, in one row (domain/state.ts says why). */
@Entity('rule_book')
export class RuleBookRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

/** The SKUs of a category, and the shelves of all categories: where a changed rule finds its products. */
@Entity('shelf')
export class ShelfRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

/** A product as it was screened last, with its verdicts. */
@Entity('screening')
export class ScreeningRow {
  @PrimaryColumn('text') id!: string;
  @Column('bigint') version!: string;
  @Column('jsonb') state!: unknown;
}

/** Append-only: what changed in the rules and in what they say, by whom. */
@Entity('audit')
export class AuditRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) id!: string;
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  @Column('text') what!: string;
  @Column('text', { name: 'rule_id', nullable: true }) ruleId!: string | null;
  @Column('text', { nullable: true }) sku!: string | null;
  @Column('jsonb') detail!: unknown;
}
