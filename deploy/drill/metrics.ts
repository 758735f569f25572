import type { SeenGauge } from './seen';

/** The samples of a Prometheus text that a drill looks at; every service says its own by the label `service`. */
export function gaugesOf(text: string, names: readonly string[]): SeenGauge[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (!names.includes(name)) return [];
    return [{ name, service: /service="([^"]*)"/.exec(labels)?.[1] ?? '', value: Number(value.replace('Inf', 'Infinity')) }];
  });
}
