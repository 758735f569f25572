import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A merchant with its endpoints. */
@Entity('mailbox')
export class MailboxRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') endpoints!: number;
  @Column('jsonb') state!: unknown;
}

/** Who is told of stock. */
@Entity('listener')
export class ListenerRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

/** How far an order has been told. */
@Entity('order_told')
export class OrderToldRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') sequence!: number;
  @Column('json') state!: unknown;
}

@Entity('message')
export class MessageRow {
  /** The `webhook-id`. */
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'merchant_id' }) merchantId!: string;
  @Column('text', { name: 'endpoint_id' }) endpointId!: string;
  @Column('text') status!: string;
  @Column('int') attempts!: number;
  @Column('timestamptz', { name: 'next_at', nullable: true }) nextAt!: Date | null;
  @Column('timestamptz', { name: 'queued_at' }) queuedAt!: Date;
  @Column('jsonb') state!: unknown;
}

/** Append-only: the log of attempts. */
@Entity('attempt')
export class AttemptRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) id!: string;
  @Column('text', { name: 'message_id' }) messageId!: string;
  @Column('int') attempt!: number;
  @Column('timestamptz') at!: Date;
  @Column('int', { nullable: true }) status!: number | null;
  @Column('text', { nullable: true }) error!: string | null;
  @Column('int', { name: 'duration_ms' }) durationMs!: number;
}
