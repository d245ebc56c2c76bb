import './style/tokens.css';
import './style/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { BASE_PATH } from './api/page.ts';
import { queryClient } from './api/query.ts';
import { Preload, Routes } from './routes.tsx';
import { Gate } from './shell/gate.tsx';
import { installKeyPairs } from './shell/keys.ts';

installKeyPairs();

const root = document.getElementById('app');
if (!root) throw new Error('The page has no element with the ID app.');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Router base={BASE_PATH}>
        <Preload />
        <Gate>
          <Routes />
        </Gate>
      </Router>
    </QueryClientProvider>
  </StrictMode>,
);
