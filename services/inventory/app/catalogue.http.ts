import type { Supplier } from '@midstream/inventory-domain';
import { Database, NotFound, Problem, Scopes } from '@midstream/runtime';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { CATALOGUE_MAX, type CatalogueItem } from './adapters/port';
import { House } from './house';
import { SupplierParam } from './params.dto';
import { CostTierDto } from './supply.dto';

/** All its pages together. */
const CATALOGUE_WAIT_MS = 30_000;

export class CatalogueItemView {
  @ApiProperty({ description: 'What the supplier calls it: put it into an offer' }) supplierSku!: string;
  @ApiProperty() name!: string;
  @ApiPropertyOptional({ description: 'Our product that it is offered as already' }) sku?: string;
  @ApiProperty() available!: number;
  @ApiProperty({ description: 'Of one unit, in minor units' }) costMinor!: number;
  @ApiPropertyOptional({ type: [CostTierDto] }) costTiers?: readonly CostTierDto[];
  @ApiProperty({ example: 'CNY' }) currency!: string;
  @ApiPropertyOptional({ description: 'A person delivers it there, later' }) isManual?: boolean;
}

export class CatalogueView {
  @ApiProperty({ type: [CatalogueItemView] }) items!: CatalogueItemView[];
}

@ApiTags('supply')
@Controller({ path: 'suppliers', version: '1' })
export class CatalogueController {
  constructor(
    private readonly database: Database,
    private readonly house: House,
  ) {}

  @Get(':supplierId/catalogue')
  @Scopes('operator')
  @ApiOperation({
    summary: 'What the supplier sells, asked for now',
    description: `At most ${CATALOGUE_MAX} goods, in its own words, with our product where there is an offer of it.`,
  })
  @ApiOkResponse({ type: CatalogueView })
  @ApiConflictResponse({
    description: '`supplier-has-no-catalogue`, or `supplier-silent`: it did not answer, ask again',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  })
  async get(@Param() { supplierId }: SupplierParam): Promise<CatalogueView> {
    const { rows } = await this.database.pool.query<{ supplier: Supplier; offered: Record<string, string> }>(
      `SELECT state AS supplier, (SELECT coalesce(json_object_agg(coalesce(o.state ->> 'supplierSku', o.sku), o.sku), '{}') FROM offer o
                                   WHERE o.supplier_id = s.id) AS offered
         FROM supplier s WHERE s.id = $1`,
      [supplierId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-supplier');
    const offered = new Map(Object.entries(found.offered));
    const items = (await this.ask(found.supplier)).slice(0, CATALOGUE_MAX);
    return {
      items: items.map((it) => {
        const sku = offered.get(it.supplierSku);
        return { ...it, ...(sku !== undefined && { sku }) };
      }),
    };
  }

  /** @throws Problem where suppliers of its kind have none, or it does not answer */
  private async ask(supplier: Supplier): Promise<readonly CatalogueItem[]> {
    const seller = this.house.sellerOf(supplier);
    if (seller.catalogue === undefined)
      throw new Problem(409, 'supplier-has-no-catalogue', `A supplier of the kind ${supplier.kind} tells no catalogue`);
    try {
      return await seller.catalogue(AbortSignal.timeout(CATALOGUE_WAIT_MS));
    } catch {
      throw new Problem(409, 'supplier-silent', 'The supplier did not answer with a catalogue; try again');
    }
  }
}
