import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/customers/tables.ts',
  out: './drizzle/customers/migrations',
  schemaFilter: ['customers'],
});
