import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/psp/tables.ts',
  out: './drizzle/psp/migrations',
  schemaFilter: ['psp'],
});
