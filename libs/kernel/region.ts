/**
 * Whether something sold in `regions` may be sold to `region`. Regions are ISO 3166 codes (`CN`, `CN-31`) or `*`, everywhere;
 * a country covers its subdivisions.
 */
export const coversRegion = (regions: readonly string[], region: string): boolean =>
  regions.some((it) => it === '*' || it === region || region.startsWith(`${it}-`));
