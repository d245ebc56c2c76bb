import { lexer, type Token, type Tokens } from 'marked';
import { createElement, type ReactNode, useMemo } from 'react';
import styles from './payload.module.css';

/** Markdown that others wrote. It becomes React elements from its tokens: HTML in it is shown as text, and links go to http and mailto only. */
export function Markdown({ text }: { readonly text: string }) {
  const tokens = useMemo(() => lexer(text), [text]);
  return <div className={styles.markdown}>{nodesOf(tokens)}</div>;
}

function nodesOf(tokens: readonly Token[] | undefined): ReactNode[] {
  // Tokens have no identity, and the text never changes.
  return (tokens ?? []).map((token, index) => nodeOf(token, index));
}

function nodeOf(token: Token, key: number): ReactNode {
  switch (token.type) {
    case 'heading':
      // One level lower: the first level is of the page.
      return createElement(`h${Math.min(6, token.depth + 1)}`, { key }, nodesOf(token.tokens));
    case 'paragraph':
      return <p key={key}>{nodesOf(token.tokens)}</p>;
    case 'strong':
      return <strong key={key}>{nodesOf(token.tokens)}</strong>;
    case 'em':
      return <em key={key}>{nodesOf(token.tokens)}</em>;
    case 'del':
      return <del key={key}>{nodesOf(token.tokens)}</del>;
    case 'codespan':
      return <code key={key}>{token.text}</code>;
    case 'code':
      return (
        <pre key={key}>
          <code>{token.text}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote key={key}>{nodesOf(token.tokens)}</blockquote>;
    case 'list':
      return createElement(
        token.ordered ? 'ol' : 'ul',
        { key },
        (token as Tokens.List).items.map((item, index) => createElement('li', { key: index }, nodesOf(item.tokens))),
      );
    case 'table':
      return <MarkdownTable key={key} token={token as Tokens.Table} />;
    case 'hr':
      return <hr key={key} />;
    case 'br':
      return <br key={key} />;
    case 'link':
      return <MarkdownLink key={key} href={token.href} content={nodesOf(token.tokens)} />;
    case 'image':
      return <span key={key}>[{token.text || 'image'}]</span>;
    case 'space':
      return null;
    default:
      return <span key={key}>{'tokens' in token && token.tokens ? nodesOf(token.tokens) : token.raw}</span>;
  }
}

function MarkdownLink({ href, content }: { readonly href: string; readonly content: ReactNode }) {
  if (!/^(https?:|mailto:)/i.test(href)) return <span>{content}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {content}
    </a>
  );
}

function MarkdownTable({ token }: { readonly token: Tokens.Table }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {token.header.map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cells are known by their column
            <th key={index}>{nodesOf(cell.tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((row, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
          <tr key={line}>
            {row.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells are known by their column
              <td key={index}>{nodesOf(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
