import type { OfferBook, ReportSignal, Signal } from '@midstream/selection-engine-domain';
import type { Untimed } from '@midstream/kernel';
import { Problem } from '@midstream/runtime';
import type { ChannelPolicyDto, SignalDto } from './dto';

/** @throws Problem `signal-incomplete` where a field is missing that the kind needs. */
export function toReportSignal(signalId: string, dto: SignalDto, book: OfferBook): Untimed<ReportSignal> {
  const signal = signalOf(dto);
  const skus = signal.kind === 'version-update' ? skusOfGame(book, signal.game) : [needed(dto, 'sku')];
  return { type: 'ReportSignal', signalId, observedAt: Date.parse(dto.observedAt), skus, signal };
}

function signalOf(dto: SignalDto): Signal {
  const { kind } = dto;
  switch (kind) {
    case 'competitor-price': {
      const [competitor, priceMinor, currency] = [needed(dto, 'competitor'), needed(dto, 'priceMinor'), needed(dto, 'currency')];
      return { kind, competitor, priceMinor, currency };
    }
    case 'version-update':
      return { kind, game: needed(dto, 'game'), title: needed(dto, 'title') };
    case 'heat':
      return { kind, views: dto.views ?? 0, searches: dto.searches ?? 0, carts: dto.carts ?? 0 };
    case 'delivery-channel':
      return { kind, channel: needed(dto, 'channel'), state: needed(dto, 'state'), ...(dto.policy && { policy: policyOf(dto.policy) }) };
  }
}

const policyOf = ({ regions, maxQuantity, leadTimeMs }: ChannelPolicyDto) => ({
  ...(regions && { regions }),
  ...(maxQuantity !== undefined && { maxQuantity }),
  ...(leadTimeMs !== undefined && { leadTimeMs }),
});

function needed<Field extends keyof SignalDto>(dto: SignalDto, field: Field): NonNullable<SignalDto[Field]> {
  const value = dto[field];
  if (value === undefined || value === null)
    throw new Problem(422, 'signal-incomplete', 'A field is missing that this kind of signal needs', `${dto.kind} needs ${field}`, {
      field,
    });
  return value;
}

/** In their own order: that in which a replica heard of them is chance. */
const skusOfGame = (book: OfferBook, game: string): string[] =>
  [...book.products.values()]
    .filter((it) => it.attributes['game'] === game)
    .map((it) => it.sku)
    .sort();
