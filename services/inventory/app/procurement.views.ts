import type { Account, Supplier } from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** For the hub and the supplier itself. */
export class BalanceView {
  @ApiProperty() supplierId!: string;
  @ApiPropertyOptional({ description: 'In minor units, as the supplier told last; absent where it never did' }) balanceMinor?: number;
  @ApiPropertyOptional({ example: 'CNY' }) currency?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'When it was told' }) asOf?: string;
  @ApiPropertyOptional({ enum: ['poll'], description: 'A balance is always asked for' }) source?: string;
  @ApiPropertyOptional() lowBalanceMinor?: number;
  @ApiProperty({ description: 'Below `lowBalanceMinor`' }) low!: boolean;
  @ApiProperty({ description: 'It has refused a purchase for want of balance, which is not back yet' }) short!: boolean;
  @ApiPropertyOptional({ format: 'date-time', description: 'Since when it is `short`: by a refusal of the supplier’s' })
  shortSince?: string;
  @ApiProperty({ description: 'Units that wait for it' }) waitingUnits!: number;
}

export function balanceView({ supplierId, lowBalanceMinor }: Supplier, account: Account | undefined, waitingUnits: number): BalanceView {
  const { balanceMinor, currency, asOf, short = false, shortAt } = account ?? {};
  return {
    supplierId,
    ...(balanceMinor !== undefined && { balanceMinor }),
    ...(currency !== undefined && { currency }),
    ...(asOf !== undefined && { asOf: new Date(asOf).toISOString(), source: 'poll' }),
    ...(lowBalanceMinor !== undefined && { lowBalanceMinor }),
    low: balanceMinor !== undefined && lowBalanceMinor !== undefined && balanceMinor < lowBalanceMinor,
    short,
    ...(short && shortAt !== undefined && { shortSince: new Date(shortAt).toISOString() }),
    waitingUnits,
  };
}
