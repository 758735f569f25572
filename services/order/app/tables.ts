import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('orders')
export class OrderRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'merchant_id' }) merchantId!: string;
  @Column('text', { name: 'client_reference' }) clientReference!: string;
  @Column('text') status!: string;
  @Column('timestamptz', { name: 'placed_at' }) placedAt!: Date;
  @Column('bigint', { name: 'held_minor' }) heldMinor!: string;
  @Column('json') state!: object;
}

@Entity('accounts')
export class AccountRow {
  @PrimaryColumn('text') id!: string;
  @Column('bigint', { name: 'available_minor' }) availableMinor!: string;
  @Column('bigint', { name: 'held_minor' }) heldMinor!: string;
  @Column('json') state!: object;
}

@Entity('merchants')
export class MerchantRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: object;
}

@Entity('keys')
export class KeyRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') hash!: string;
  @Column('jsonb') state!: object;
}

/** What happened to an order, for people: who, what, why. */
@Entity('timeline')
export class TimelineRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) n!: string;
  @Column('text', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'line_id', nullable: true }) lineId!: string | null;
  @Column('timestamptz') at!: Date;
  @Column('text') what!: string;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text') actor!: string;
  /** The event that caused it. */
  @Column('text', { nullable: true }) cause!: string | null;
  @Column('text', { nullable: true }) trace!: string | null;
  @Column('jsonb') detail!: object;
}

/** What a buyer said when he complained; personal data, which is taken away with what is known of him. */
@Entity('complaint_note')
export class ComplaintNoteRow {
  @PrimaryColumn('text', { name: 'complaint_id' }) complaintId!: string;
  @Column('text', { name: 'buyer_key', nullable: true }) buyerKey!: string | null;
  @Column('text') note!: string;
}

/** Double entry: the entries of one movement sum to zero; nothing is ever changed or taken away. */
@Entity('ledger_entry')
export class LedgerRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) n!: string;
  @Column('uuid', { name: 'movement_id' }) movementId!: string;
  @Column('text', { name: 'merchant_id' }) merchantId!: string;
  @Column('text', { name: 'order_id', nullable: true }) orderId!: string | null;
  @Column('text', { name: 'line_id', nullable: true }) lineId!: string | null;
  @Column('timestamptz') at!: Date;
  @Column('text') why!: string;
  @Column('text', { nullable: true }) reference!: string | null;
  @Column('text') account!: string;
  @Column('bigint', { name: 'amount_minor' }) amountMinor!: string;
  @Column('text') currency!: string;
}
