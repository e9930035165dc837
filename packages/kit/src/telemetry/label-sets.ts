import { Counter, type Registry } from 'prom-client';
import { OTHER } from './bounded-labels.ts';

/** What is counted for one set of labels. */
interface LabelSet<Name extends string, Kept> {
  readonly labels: Readonly<Record<Name, string>>;
  readonly kept: Kept;
}

/**
 * Finds what is counted for a set of labels by one look at a map; prom-client would hash the labels at each observation. Beyond `most` sets all
 * others share one.
 */
interface LabelSets<Name extends string, Kept> {
  /** @param values aligned with the names. */
  find(...values: string[]): Kept;
  [Symbol.iterator](): Iterator<LabelSet<Name, Kept>>;
}

function createLabelSets<Name extends string, Kept>(
  names: readonly Name[],
  most: number,
  make: () => Kept,
): LabelSets<Name, Kept> {
  const sets = new Map<string, LabelSet<Name, Kept>>();
  const add = (key: string, values: readonly string[]) => {
    const labels = Object.fromEntries(names.map((name, index) => [name, values[index]!])) as Record<Name, string>;
    const made = { labels, kept: make() };
    sets.set(key, made);
    return made.kept;
  };
  return {
    find(...values) {
      // No label has a line break: names of GraphQL and of clients are checked.
      const key = values.join('\n');
      const known = sets.get(key);
      if (known) return known.kept;
      if (sets.size < most) return add(key, values);
      return (
        sets.get(OTHER)?.kept ??
        add(
          OTHER,
          names.map(() => OTHER),
        )
      );
    },
    [Symbol.iterator]: () => sets.values(),
  };
}

interface MetricOptions<Name extends string> {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Name[];
  /** Sets of labels at most. */
  readonly most: number;
}

/** Counts by labels. */
export interface BoundedCounter {
  /** @param values aligned with the names of the labels. */
  add(...values: string[]): void;
}

export function createBoundedCounter<Name extends string>(options: MetricOptions<Name>): BoundedCounter {
  const { registry, name, help, labelNames, most } = options;
  const sets = createLabelSets(labelNames, most, () => ({ count: 0 }));
  new Counter<Name>({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, kept } of sets) this.inc(labels as never, kept.count);
    },
  });
  return {
    add: (...values) => void (sets.find(...values).count += 1),
  };
}

/** Durations by labels. */
export interface BoundedHistogram {
  /** @param values aligned with the names of the labels. */
  observe(seconds: number, ...values: string[]): void;
}

export function createBoundedHistogram<Name extends string>(
  options: MetricOptions<Name> & { /** Upper bounds in seconds, ascending. */ readonly buckets: readonly number[] },
): BoundedHistogram {
  const { registry, name, help, labelNames, most, buckets } = options;
  const sets = createLabelSets(labelNames, most, () => ({
    sum: 0,
    counts: new Array<number>(buckets.length + 1).fill(0),
  }));
  const values = function* () {
    for (const { labels, kept } of sets) {
      let count = 0;
      for (let index = 0; index <= buckets.length; index += 1) {
        count += kept.counts[index]!;
        yield { metricName: `${name}_bucket`, labels: { ...labels, le: buckets[index] ?? '+Inf' }, value: count };
      }
      yield { metricName: `${name}_sum`, labels, value: kept.sum };
      yield { metricName: `${name}_count`, labels, value: count };
    }
  };
  // What a registry asks of a metric is its name and its values; a Histogram of prom-client could not be filled from counts.
  registry.registerMetric({
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: () => Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values: [...values()] }),
    reset: () => undefined,
  } as never);
  return {
    observe(seconds, ...labels) {
      const kept = sets.find(...labels);
      let bucket = 0;
      while (bucket < buckets.length && seconds > buckets[bucket]!) bucket += 1;
      kept.counts[bucket]! += 1;
      kept.sum += seconds;
    },
  };
}
