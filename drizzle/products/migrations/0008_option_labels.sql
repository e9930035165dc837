ALTER TABLE products.search_values ADD COLUMN labels jsonb;
