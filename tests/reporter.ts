import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with the plain line 'N passed, N failed, N skipped', so that a skip is never lost in the output above it.
 * Where `CI` is set a skipped test also fails the run: what is not run there is run nowhere.
 *
 * A file that fails before its tests are known counts as one failure, as does each error outside of any test.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      if (module.errors().length > 0) count.failed += 1;
      // A suite whose hook failed has no failed test, only tests that were never run.
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1;
    }
    // A test that never ended, because the run was stopped, was not run.
    const skipped = count.skipped + count.pending;
    if (process.env.CI && skipped > 0) process.exitCode = 1;
    // After the default reporter's summary, which is written in the same turn.
    setImmediate(() => {
      console.log(`${String(count.passed)} passed, ${String(count.failed)} failed, ${String(skipped)} skipped`);
    });
  }
}
