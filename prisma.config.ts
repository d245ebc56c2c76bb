import { defineConfig } from 'prisma/config';

// For `prisma generate` and `prisma format` alone: migrations are applied by src/store/migrations/migrate.ts.
export default defineConfig({ schema: 'prisma/schema.prisma' });
