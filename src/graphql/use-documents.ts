import type { Plugin } from 'graphql-yoga';
import type { Documents } from './documents.ts';

/** Parses and validates through the cache of documents, with their limits, for every transport. */
export function useDocuments(documents: Documents): Plugin {
  return {
    onParse: ({ params: { source }, setParsedDocument }) => {
      setParsedDocument(documents.parse(typeof source === 'string' ? source : source.body).document);
    },
    onValidate: ({ params: { documentAST }, setResult }) => {
      const known = documents.known(documentAST);
      if (known) setResult([...known.errors]);
    },
  };
}
