import { unwatchFile, watch, watchFile, type FSWatcher } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Writers make several events of one change, and some write a file in parts. */
const DEBOUNCE_MS = 100;
/** For file systems that tell nothing (some mounts and containers). */
const POLL_MS = 2_000;
const MOST_BYTES = 64 * 1024 * 1024;

export interface WatchOptions {
  /** A file that exists and cannot be read; it is tried again with the next change. */
  readonly onProblem?: (error: Error) => void;
}

/** Something that goes on until it is closed. */
export interface Watch {
  close(): void;
}

/**
 * Tells the text of a file at once and after each change, also when it is replaced by another (a rename, the editors, a
 * link that points elsewhere). While it does not exist nothing is told. A text may be told of a file that is written in
 * parts: another follows. Does not keep the process alive.
 * @param onSdl not called while an earlier reading is under way, never twice with the same text in a row.
 */
export function watchSupergraphFile(path: string, onSdl: (sdl: string) => void, options: WatchOptions = {}): Watch {
  const file = resolve(path);
  let last: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let changedMeanwhile = false;
  let closed = false;

  /** Null when there is nothing to read. */
  const readText = async (): Promise<string | null> => {
    try {
      const { size } = await stat(file);
      if (size > MOST_BYTES) throw new Error(`${file} is larger than ${MOST_BYTES} bytes.`);
      return await readFile(file, 'utf8');
    } catch (error) {
      // Between the removal of one file and the coming of another there is none.
      if (!closed && !isMissing(error)) options.onProblem?.(error as Error);
      return null;
    }
  };
  const read = async () => {
    if (reading) {
      changedMeanwhile = true;
      return;
    }
    reading = true;
    do {
      changedMeanwhile = false;
      const text = await readText();
      if (closed || text === null || text === last) continue;
      last = text;
      onSdl(text);
    } while (changedMeanwhile && !closed);
    reading = false;
  };
  const changed = () => {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void read();
    }, DEBOUNCE_MS).unref();
  };

  const watcher = watchFolder(dirname(file), changed);
  // By name, so that it sees another file in its place; also what the folder's events do not tell.
  watchFile(file, { interval: POLL_MS, persistent: false }, changed);
  void read();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      watcher?.close();
      unwatchFile(file, changed);
    },
  };
}

/** The folder, not the file: a watch on a file stays with the old one when it is replaced. Null where there is no such thing. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    // A folder that goes away: the file is still polled.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
