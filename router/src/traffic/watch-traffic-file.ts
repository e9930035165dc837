import { open } from 'node:fs/promises';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { systemTiming, type Timing } from '@kontor/kit/src/timing.ts';
import { parseTraffic, TrafficConfigError, type TrafficConfig } from './traffic-config.ts';

const EVERY_MS = 2_000;
const MAX_BYTES = 1024 * 1024;

export interface WatchOptions {
  /** The subgraphs that there are. */
  readonly subgraphs: readonly string[];
  /** Takes a valid configuration over. */
  readonly apply: (config: TrafficConfig) => void;
  readonly logger: Logger;
  readonly timing?: Timing;
}

export interface TrafficFile {
  /** Looks now, without waiting for the next round. Never rejects. */
  check(): Promise<void>;
  close(): void;
}

/**
 * Applies a traffic file and applies it again whenever its text changes, within 2 seconds. It is read anew each time, because editors and
 * orchestrators replace files and the folders of files; a watch would hold the old one. A file that cannot be used is told of in one line of the
 * log, and what was applied before stays.
 * @throws TrafficConfigError, or what `apply` throws, when the file cannot be used at the start.
 */
export async function watchTrafficFile(path: string, options: WatchOptions): Promise<TrafficFile> {
  const { subgraphs, apply, logger, timing = systemTiming } = options;
  let seen: string;
  let complaint: string | undefined;
  let closed = false;
  let cancel = () => {};
  let checks: Promise<void> = Promise.resolve();

  seen = await readText(path);
  apply(parseText(seen, path, subgraphs));

  const look = async () => {
    try {
      const text = await readText(path);
      if (closed || (text === seen && complaint === undefined)) return;
      const changed = text !== seen;
      seen = text;
      apply(parseText(text, path, subgraphs));
      complaint = undefined;
      if (changed) logger.info({ path }, 'the traffic file has changed: applied');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (closed || message === complaint) return;
      complaint = message;
      logger.error({ path }, `the traffic file cannot be used, so that what was applied before stays: ${message}`);
    }
  };
  /** One look at a time, in order. */
  const check = () => (checks = checks.then(look));
  const schedule = () => {
    cancel = timing.after(EVERY_MS, () => void check().then(() => closed || schedule()));
  };
  schedule();
  return {
    check,
    close() {
      closed = true;
      cancel();
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_BYTES}`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new TrafficConfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseText(text: string, path: string, subgraphs: readonly string[]): TrafficConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TrafficConfigError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return parseTraffic(value, subgraphs);
  } catch (error) {
    if (error instanceof TrafficConfigError) throw new TrafficConfigError(`${path}: ${error.message}`);
    throw error;
  }
}
