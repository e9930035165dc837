import type * as logging from '@kontor/kit/src/logger.ts';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { startStackSystem, type System } from '../system.ts';
import { erasure } from './erasure.ts';

const logged: string[] = [];
// Everything that any service has to say, down to the finest.
vi.mock('@kontor/kit/src/logger.ts', async (original) => {
  const module = await original<typeof logging>();
  return {
    ...module,
    createLogger: (name: string) =>
      module.createLogger(name, 'trace', { write: (line: string) => void logged.push(line) }),
  };
});

describe('everything in one process, with everything that is logged', () => {
  let system: System;
  beforeAll(async () => {
    system = await startStackSystem();
  });
  afterAll(() => system?.stop());

  erasure(
    () => system,
    () => logged,
  );
});
