import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { ClientLabels } from '@kontor/kit/src/telemetry/bounded-labels.ts';
import type { ClientInfo } from '@kontor/kit/src/telemetry/client-info.ts';
import type { SchemaCoordinates } from './schema-coordinates.ts';
import type { UsedCoordinates } from './used-coordinates.ts';

const HOUR_MS = 3_600_000;
/** Operations that are counted apart before their counts are added to those of their coordinates. */
const OPERATIONS = 500;
/** Coordinates of all schemas that were served since the start. */
const COORDINATES = 20_000;

/** How often one client used one thing. */
interface Uses {
  count: number;
  /** Hours since 1970. */
  lastHour: number;
}

type UsesByClient = Map<ClientInfo, Uses>;
const NO_USES: UsesByClient = new Map();

/** Use of one coordinate. */
export interface CoordinateUsage {
  readonly coordinate: string;
  /** The reason, or null when it is not deprecated or not part of the schema any more. */
  readonly deprecated: string | null;
  /** Requests whose document has it, however often. */
  readonly count: number;
  readonly lastSeen: string | null;
  readonly clients: readonly ClientUsage[];
}

export interface ClientUsage {
  readonly name: string;
  readonly version: string;
  readonly count: number;
  /** The beginning of an hour, in ISO 8601. */
  readonly lastSeen: string;
}

export interface UsageReport {
  /** Nothing is known of what was before. */
  readonly since: string;
  /** Whether every coordinate that was used could be counted. */
  readonly complete: boolean;
  /** Most used first, then those that nobody used. */
  readonly coordinates: readonly CoordinateUsage[];
}

/** Counts which fields clients use, since the start of this process. */
export interface FieldUsage {
  /** Counts one request. */
  record(used: UsedCoordinates, variables: Readonly<Record<string, unknown>>, client: ClientInfo | undefined): void;
  /** Who has used one coordinate, most first. */
  clientsOf(coordinate: string): readonly ClientUsage[];
  /** @param schema what can be used. */
  read(schema: SchemaCoordinates): UsageReport;
}

export interface FieldUsageOptions {
  /** Which clients are told apart. */
  readonly clients: ClientLabels;
  readonly clock?: Clock;
}

/** A request costs one count for its operation; what that is in fields is worked out when somebody reads it. */
export function createFieldUsage({ clients, clock = systemClock }: FieldUsageOptions): FieldUsage {
  const since = clock.now().toISOString();
  const byCoordinate = new Map<string, UsesByClient>();
  let byOperation = new Map<UsedCoordinates, UsesByClient>();
  let complete = true;

  const addTo = (coordinate: string, client: ClientInfo, count: number, hour: number) => {
    let uses = byCoordinate.get(coordinate);
    if (!uses) {
      if (byCoordinate.size >= COORDINATES) {
        complete = false;
        return;
      }
      byCoordinate.set(coordinate, (uses = new Map() as UsesByClient));
    }
    add(uses, client, count, hour);
  };
  const settle = () => {
    for (const [{ written }, uses] of byOperation)
      for (const [client, { count, lastHour }] of uses)
        for (const coordinate of written) addTo(coordinate, client, count, lastHour);
    byOperation = new Map();
  };

  return {
    record(used, variables, client) {
      const hour = Math.floor(clock.now().getTime() / HOUR_MS);
      const label = clients.of(client);
      let uses = byOperation.get(used);
      if (!uses) {
        if (byOperation.size >= OPERATIONS) settle();
        byOperation.set(used, (uses = new Map() as UsesByClient));
      }
      add(uses, label, 1, hour);
      if (used.sent) for (const coordinate of used.sent(variables)) addTo(coordinate, label, 1, hour);
    },
    clientsOf(coordinate) {
      settle();
      return clientUsage(byCoordinate.get(coordinate) ?? NO_USES);
    },
    read(schema) {
      settle();
      const unused = [...schema].filter(([coordinate]) => !byCoordinate.has(coordinate));
      return {
        since,
        complete,
        coordinates: [
          ...Array.from(byCoordinate, ([coordinate, uses]) => usageOf(coordinate, schema, uses)),
          ...unused.map(([coordinate]) => usageOf(coordinate, schema, NO_USES)),
        ].sort((a, b) => b.count - a.count || (a.coordinate < b.coordinate ? -1 : 1)),
      };
    },
  };
}

function add(uses: UsesByClient, client: ClientInfo, count: number, hour: number): void {
  const known = uses.get(client);
  if (!known) return void uses.set(client, { count, lastHour: hour });
  known.count += count;
  if (hour > known.lastHour) known.lastHour = hour;
}

function usageOf(coordinate: string, schema: SchemaCoordinates, uses: UsesByClient): CoordinateUsage {
  const clients = clientUsage(uses);
  const hours = Array.from(uses.values(), ({ lastHour }) => lastHour);
  return {
    coordinate,
    deprecated: schema.get(coordinate) ?? null,
    count: clients.reduce((sum, { count }) => sum + count, 0),
    lastSeen: hours.length === 0 ? null : hourText(Math.max(...hours)),
    clients,
  };
}

const clientUsage = (uses: UsesByClient): ClientUsage[] =>
  Array.from(uses, ([{ name, version }, { count, lastHour }]) => ({
    name,
    version,
    count,
    lastSeen: hourText(lastHour),
  })).sort((a, b) => b.count - a.count);

const hourText = (hour: number): string => new Date(hour * HOUR_MS).toISOString();
