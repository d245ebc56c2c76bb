import { useMutation } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef } from 'react';
import { client } from '../../api/client.ts';
import { useRefresh } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';

/** Stores a file of the computer. It is sent as it is read, so that its size does not matter to the page. */
export function UploadButton({ onStored }: { readonly onStored: (id: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const refresh = useRefresh();
  const { mutate, isPending } = useMutation({
    mutationFn: (file: File) => client.upload(file, { name: file.name }),
    onSuccess: async ({ id, name }) => {
      toast(`${name} is stored.`, 'good');
      await refresh('Files');
      onStored(id);
    },
    onError: (error) => toast(error.message, 'bad'),
  });
  return (
    <>
      <Button
        may="command:uploadArtifact"
        on="data:application/octet-stream"
        busy={isPending}
        onClick={() => input.current?.click()}
      >
        <Upload size={14} aria-hidden="true" /> {isPending ? 'Uploading…' : 'Upload'}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to upload"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) mutate(file);
          // So that the same file can be chosen again.
          target.value = '';
        }}
      />
    </>
  );
}
