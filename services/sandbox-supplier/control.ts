import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CatalogueDto, GoodDto, SalesQuery, SupplierDto } from './control.dto';
import { Counter, type LogLine, type Sale } from './counter';

/** The strings of the puppet. No token: the sandbox listens where its owner lets it. */
@ApiTags('control')
@Controller('control')
export class ControlController {
  constructor(private readonly counter: Counter) {}

  @ApiOperation({ summary: "Sets a supplier's balance, currency or token" })
  @Put('suppliers/:supplierId')
  @HttpCode(204)
  setSupplier(@Param('supplierId') supplierId: string, @Body() settings: SupplierDto): void {
    this.counter.enter({ kind: 'supplier', supplierId, ...settings });
  }

  @ApiOperation({ summary: 'Sets many goods at once' })
  @Put('suppliers/:supplierId/skus')
  @HttpCode(204)
  setGoods(@Param('supplierId') supplierId: string, @Body() { goods }: CatalogueDto): void {
    for (const { sku, ...settings } of goods) this.counter.enter({ kind: 'good', supplierId, sku, settings });
  }

  @ApiOperation({ summary: 'Sets a good and the outcome of its next purchases; what is left out stays' })
  @Put('suppliers/:supplierId/skus/:sku')
  @HttpCode(204)
  setGood(@Param('supplierId') supplierId: string, @Param('sku') sku: string, @Body() settings: GoodDto): void {
    this.counter.enter({ kind: 'good', supplierId, sku, settings: { ...settings } });
  }

  @ApiOperation({ summary: 'What was asked and answered, the oldest first' })
  @Get('log')
  log(): { items: readonly LogLine[] } {
    return { items: this.counter.lines() };
  }

  @ApiOperation({ summary: 'What was really sold, by idempotency key' })
  @Get('sales')
  sales(@Query() only: SalesQuery): { items: Sale[] } {
    return { items: this.counter.sales(only) };
  }

  @ApiOperation({ summary: 'Forgets everything' })
  @Post('reset')
  @HttpCode(204)
  reset(): void {
    this.counter.reset();
  }
}
