import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Rows of the domain: the id, what constraints and queries need, and the state. */
abstract class Kept {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

/** Rows that orders and feeds change all the time: their state is kept as it is written, which costs half of what jsonb does. */
abstract class KeptAsWritten {
  @PrimaryColumn('text') id!: string;
  @Column('json') state!: unknown;
}

@Entity('product')
export class ProductRow extends Kept {}

@Entity('supplier')
export class SupplierRow extends Kept {}

@Entity('verdict')
export class VerdictTable extends Kept {}

@Entity('account')
export class AccountRow extends Kept {
  /** The supplier has refused for want of balance. */
  @Column('boolean') short!: boolean;
}

@Entity('offer')
export class OfferRow extends KeptAsWritten {
  @Column('text', { name: 'supplier_id' }) supplierId!: string;
  @Column('text') sku!: string;
  @Column('int', { name: 'on_hand' }) onHand!: number;
  @Column('int') held!: number;
  @Column('int', { name: 'in_flight' }) inFlight!: number;
  @Column('timestamptz', { name: 'fresh_until', nullable: true }) freshUntil!: Date | null;
  @Column('timestamptz', { name: 'overdue_at', nullable: true }) overdueAt!: Date | null;
}

/** What a currency is worth in others. */
@Entity('rate')
export class RateRow extends Kept {}

/** The mark-up rules. */
@Entity('markup')
export class MarkupRow extends Kept {}

/** The caps against hoarding. */
@Entity('cap')
export class CapRow extends Kept {}

/** What one cap counts for one merchant, or one of its buyers. */
@Entity('cap_usage')
export class UsageRow extends Kept {
  @Column('int') units!: number;
}

/** At which figures a good is low, sold out, back. */
@Entity('stock_alert')
export class StockAlertRow extends Kept {}

/** How a good stands, as it was told last. */
@Entity('stock_level')
export class StockLevelRow extends Kept {}

@Entity('drain')
export class DrainRow extends KeptAsWritten {
  @Column('boolean') armed!: boolean;
}

@Entity('hold')
export class HoldRow extends KeptAsWritten {
  @Column('text', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'offer_id' }) offerId!: string;
  @Column('text') region!: string;
  @Column('bigint', { name: 'price_minor' }) priceMinor!: string;
  @Column('int') granted!: number;
  /** Held or queued: what a drain can take. */
  @Column('int') strikable!: number;
  /** Queued, and waiting for balance. */
  @Column('int') waiting!: number;
  /** Submitting, unknown or accepted. */
  @Column('int', { name: 'at_supplier' }) atSupplier!: number;
  @Column('int') delivered!: number;
  @Column('int') lost!: number;
  @Column('int') released!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

@Entity('attempt')
export class AttemptRow extends KeptAsWritten {}

@Entity('purchase')
export class PurchaseRow extends KeptAsWritten {
  @Column('text', { name: 'offer_id' }) offerId!: string;
  @Column('text', { name: 'supplier_id' }) supplierId!: string;
  @Column('text') status!: string;
  @Column('int') bought!: number;
  @Column('int') delivered!: number;
  @Column('int') kept!: number;
  @Column('int') quarantined!: number;
  @Column('int', { name: 'written_off' }) writtenOff!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

/** Append-only: what reached a buyer, a row a unit. */
@Entity('delivery')
export class DeliveryRow {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'merchant_id' }) merchantId!: string;
  @Column('text', { name: 'line_id' }) lineId!: string;
  @Column('text', { name: 'purchase_id' }) purchaseId!: string;
  @Column('text') sku!: string;
  @Column('text') kind!: string;
  @Column('timestamptz', { name: 'delivered_at' }) deliveredAt!: Date;
  @Column('text', { name: 'public_id' }) publicId!: string;
}

/** Append-only: who saw which code, when and why. */
@Entity('reveal')
export class RevealRow {
  @PrimaryColumn('bigint') id!: string;
  @Column('text', { name: 'delivery_id' }) deliveryId!: string;
  @Column('text', { name: 'merchant_id' }) merchantId!: string;
  @Column('text', { name: 'api_key_id' }) apiKeyId!: string;
  @Column('text', { name: 'idempotency_key' }) idempotencyKey!: string;
  @Column('text') reason!: string;
  @Column('boolean') repeat!: boolean;
  @Column('timestamptz', { name: 'revealed_at' }) revealedAt!: Date;
}

/** A card code, encrypted. Not a row of the domain: it is assigned by SQL, and the domain only counts. */
@Entity('code')
export class CodeRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'offer_id' }) offerId!: string;
  @Column('text') sku!: string;
  @Column('text') state!: 'free' | 'assigned' | 'quarantined' | 'invalid' | 'expired';
  @Column('text', { name: 'unit_id', nullable: true }) unitId!: string | null;
  @Column('text', { name: 'purchase_id', nullable: true }) purchaseId!: string | null;
  /** How often it came into its vault: once, and once more each time it was given back. */
  @Column('int') stocked!: number;
  @Column('text', { name: 'key_id' }) keyId!: string;
  @Column('bytea') sealed!: Buffer;
  /** What older versions found a code by, within its SKU. */
  @Column('bytea', { nullable: true }) fingerprint!: Buffer | null;
  /** Equal for equal codes; versions before that left it out. */
  @Column('bytea', { name: 'hub_print', nullable: true }) hubPrint!: Buffer | null;
  /** The code that is this one, and was there first. */
  @Column('uuid', { name: 'twin_of', nullable: true }) twinOf!: string | null;
  @Column('text', { name: 'batch_id', nullable: true }) batchId!: string | null;
  @Column('int', { nullable: true }) line!: number | null;
  /** `infinity`: never. */
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  /** It is sold no longer than this, and goes to nobody after it. */
  @Column('timestamptz', { name: 'sell_until' }) sellUntil!: Date;
}

/** A supplier's bearer token, encrypted like a code. */
@Entity('supplier_token')
export class SupplierTokenRow {
  @PrimaryColumn('text', { name: 'supplier_id' }) supplierId!: string;
  @Column('text', { name: 'key_id' }) keyId!: string;
  @Column('bytea') sealed!: Buffer;
}

/** Append-only: every movement of stock. Rows of one offer are written under its lock, so their ids are in order. */
@Entity('stock_movement')
export class MovementRow {
  @PrimaryColumn('text', { name: 'offer_id' }) offerId!: string;
  @PrimaryColumn('bigint') id!: string;
  @Column('text') kind!: string;
  @Column('text', { name: 'hold_id', nullable: true }) holdId!: string | null;
  @Column('int') units!: number;
  @Column('int') held!: number;
  @Column('int', { name: 'in_flight' }) inFlight!: number;
  @Column('int') accepted!: number;
  @Column('int', { nullable: true }) reported!: number | null;
  @Column('int', { nullable: true }) settled!: number | null;
  /** Why stock was written off. */
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('timestamptz') at!: Date;
}
