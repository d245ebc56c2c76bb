{{- define "signalbox.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- define "signalbox.settings" }}
- { name: S3_SECRET_ACCESS_KEY_FILE, value: /run/secrets/signalbox/s3-password }
- { name: REDIS_URL_FILE, value: /run/secrets/signalbox/redis-url }
- { name: POOLS_FILE, value: /etc/signalbox/pools.yaml }
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
{{- define "signalbox.container" }}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
{{- define "signalbox.volumes" }}
- name: pools
  configMap: { name: {{ .Release.Name }}-pools }
- name: tmp
  emptyDir: { sizeLimit: 1Gi }
- name: var-tmp
  emptyDir: { sizeLimit: 1Gi }
{{- end }}
{{- define "signalbox.mounts" }}
- { name: secrets, mountPath: /run/secrets/signalbox, readOnly: true }
- { name: pools, mountPath: /etc/signalbox, readOnly: true }
- { name: tmp, mountPath: /tmp }
- { name: var-tmp, mountPath: /var/tmp }
{{- end }}
