export type { BffContext as Context } from '@kontor/kit/src/bff/context.ts';
