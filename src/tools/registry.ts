import type { PythonEngine } from '../core/programs/python.ts';
import type { AnyTool } from './define-tool.ts';
import type { DriveResolver } from './drive/drive.ts';
import { driveDownload } from './drive-download.ts';
import { driveGet } from './drive-get.ts';
import { driveSearch } from './drive-search.ts';
import { driveUpload } from './drive-upload.ts';
import type { GitDeps } from './git/remote.ts';
import type { SendWebhook } from './notify/webhook.ts';
import { notifySend } from './notify-send.ts';
import { pythonRun } from './python-run.ts';
import { repoGitAddAll } from './repo-git-add-all.ts';
import { repoGitBranch } from './repo-git-branch.ts';
import { repoGitCommit } from './repo-git-commit.ts';
import { repoGitInit } from './repo-git-init.ts';
import { repoGitPush } from './repo-git-push.ts';
import type { Searcher } from './search/searcher.ts';
import { webSearch } from './web-search.ts';

/** Dependencies of tools. In addition, a tool uses only its `ToolContext`. */
export interface ToolDeps {
  readonly python: PythonEngine;
  readonly git: GitDeps;
  /** Receives notifications in addition to the events of the run. */
  readonly webhook?: SendWebhook;
  readonly drive: DriveResolver;
  /** Limit of a download. */
  readonly maxBytes: number;
  readonly search: Searcher;
}

/** Their names, which plugins cannot take. */
export const TOOL_NAMES: readonly string[] = [
  ...['drive.download', 'drive.get', 'drive.search', 'drive.upload', 'notify.send', 'python.run'],
  ...['repo.git.add_all', 'repo.git.branch', 'repo.git.commit', 'repo.git.init', 'repo.git.push', 'web.search'],
];

/** All tools of this server. */
export function createTools({ python, git, webhook, drive, maxBytes, search }: ToolDeps): readonly AnyTool[] {
  return [
    driveDownload(drive, maxBytes),
    driveGet(drive),
    driveSearch(drive),
    driveUpload(drive),
    notifySend(webhook),
    pythonRun(python),
    repoGitAddAll(git),
    repoGitBranch(git),
    repoGitCommit(git),
    repoGitInit(git),
    repoGitPush(git),
    webSearch(search),
  ];
}
