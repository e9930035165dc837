import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/products/tables.ts',
  out: './drizzle/products/migrations',
  schemaFilter: ['products'],
});
