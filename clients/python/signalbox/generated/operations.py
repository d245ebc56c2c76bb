# Written by `npm run codegen` from schema.graphql and documents.graphql.
from typing import Any, Iterator, Literal, NotRequired, TypeAlias, TypedDict, cast

from ..transport import Transport

ErrorCode: TypeAlias = "Literal['APPROVAL_REQUIRED', 'BAD_INPUT', 'CANCELLED', 'CONFLICT', 'CURSOR_EXPIRED', 'FORBIDDEN', 'INTERNAL', 'NOT_FOUND', 'RESOURCE_TOO_LARGE', 'RESOURCE_UNREACHABLE', 'SCHEMA_VIOLATION', 'THROTTLED', 'TIMEOUT', 'TOO_COSTLY', 'UNAUTHENTICATED', 'UNAVAILABLE', 'UNSUPPORTED_SCHEME']"
RefusalViolations = TypedDict('RefusalViolations', {
    'path': "str",
    'message': "str",
    'keyword': "str | None",
})
PolicyEffect: TypeAlias = "Literal['ALLOW', 'APPROVE', 'DENY', 'THROTTLE']"
RefusalDecisionRule = TypedDict('RefusalDecisionRule', {
    'id': "str",
})
RefusalDecision = TypedDict('RefusalDecision', {
    'effect': "PolicyEffect",
    'reason': "str",
    'action': "str",
    'canonicalUri': "str | None",
    'rule': "RefusalDecisionRule | None",
})
Refusal = TypedDict('Refusal', {
    '__typename': "Literal['Refusal']",
    'code': "ErrorCode",
    'message': "str",
    'path': "list[str] | None",
    'retryAfterMs': "int | None",
    'details': "Any | None",
    'violations': "list[RefusalViolations]",
    'decision': "RefusalDecision | None",
})
Failure = TypedDict('Failure', {
    'code': "ErrorCode",
    'message': "str",
    'step': "str | None",
    'details': "Any | None",
    'retryable': "bool",
})
RunKind: TypeAlias = "Literal['AGENT', 'COMMAND', 'JOB', 'PIPELINE', 'WORKFLOW']"
RunState: TypeAlias = "Literal['CANCELLED', 'DENIED', 'FAILED', 'PENDING', 'RUNNING', 'SUCCEEDED', 'TIMEOUT', 'WAITING']"
Run = TypedDict('Run', {
    '__typename': "Literal['Run']",
    'id': "str",
    'kind': "RunKind",
    'state': "RunState",
    'goal': "str | None",
    'workflow': "str | None",
    'labels': "Any",
    'error': "Failure | None",
    'createdAt': "str",
    'startedAt': "str | None",
    'finishedAt': "str | None",
    'cursor': "str",
})
StepKind: TypeAlias = "Literal['AGENT', 'APPROVAL', 'CODEGEN', 'COMMAND', 'EVAL', 'HTTP', 'JOB', 'NOTIFY', 'OTHER', 'PLAN', 'QUERY', 'REPO', 'RESEARCH', 'SIGNAL', 'SLEEP', 'TOOL', 'TRANSFORM', 'WORKFLOW']"
StepState: TypeAlias = "Literal['CANCELLED', 'DENIED', 'DISPATCHED', 'FAILED', 'FAILED_FATAL', 'FAILED_RETRYABLE', 'PENDING', 'RUNNING', 'SCHEDULED', 'SKIPPED', 'SUCCEEDED', 'TIMEOUT', 'WAITING']"
Step = TypedDict('Step', {
    'id': "str",
    'key': "str",
    'title': "str",
    'kind': "StepKind",
    'does': "str | None",
    'state': "StepState",
    'dependsOn': "list[str]",
    'attempt': "int",
    'maxAttempts': "int",
    'error': "Failure | None",
    'startedAt': "str | None",
    'finishedAt': "str | None",
})
Artifact = TypedDict('Artifact', {
    'id': "str",
    'digest': "str",
    'name': "str",
    'mediaType': "str",
    'size': "int",
    'url': "str",
})
Resource = TypedDict('Resource', {
    'uri': "str",
    'mediaType': "str",
    'size': "int",
    'digest': "str",
    'text': "str | None",
    'json': "Any | None",
})
ApprovalState: TypeAlias = "Literal['APPROVED', 'EXPIRED', 'OPEN', 'REJECTED']"
ApprovalDecidedBy = TypedDict('ApprovalDecidedBy', {
    'username': "str",
})
ApprovalRun = TypedDict('ApprovalRun', {
    'id': "str",
    'workflow': "str | None",
    'goal': "str | None",
})
ApprovalStep = TypedDict('ApprovalStep', {
    'key': "str",
    'title': "str",
})
Approval = TypedDict('Approval', {
    '__typename': "Literal['Approval']",
    'id': "str",
    'state': "ApprovalState",
    'reason': "str",
    'roles': "list[str]",
    'mayDecide': "bool",
    'whyNot': "str | None",
    'requestedAt': "str",
    'expiresAt': "str | None",
    'decidedAt': "str | None",
    'decidedBy': "ApprovalDecidedBy | None",
    'comment': "str | None",
    'run': "ApprovalRun",
    'step': "ApprovalStep",
})
WorkflowCreatedBy = TypedDict('WorkflowCreatedBy', {
    'username': "str",
})
Workflow = TypedDict('Workflow', {
    '__typename': "Literal['Workflow']",
    'id': "str",
    'name': "str",
    'version': "int",
    'description': "str | None",
    'inputs': "Any",
    'createdAt': "str",
    'createdBy': "WorkflowCreatedBy",
})
CommandOutcome = TypedDict('CommandOutcome', {
    '__typename': "Literal['CommandOutcome']",
    'run': "Run",
    'resource': "Resource | None",
})
SessionPrincipal = TypedDict('SessionPrincipal', {
    'subject': "str",
    'username': "str",
    'tenant': "str",
    'roles': "list[str]",
})
Session = TypedDict('Session', {
    '__typename': "Literal['Session']",
    'token': "str",
    'expiresAt': "str",
    'principal': "SessionPrincipal",
})
PageInfo = TypedDict('PageInfo', {
    'hasNextPage': "bool",
    'endCursor': "str | None",
})
ToolCall = TypedDict('ToolCall', {
    'id': "str",
    'tool': "str",
    'arguments': "Any",
    'result': "Any | None",
    'error': "Failure | None",
    'durationMs': "float | None",
})
PolicyDecision = TypedDict('PolicyDecision', {
    'effect': "PolicyEffect",
    'reason': "str",
    'action': "str",
    'canonicalUri': "str | None",
})
EventType: TypeAlias = "Literal['AGENT_DELTA', 'AGENT_MESSAGE', 'APPROVAL_DECIDED', 'APPROVAL_REQUESTED', 'ARTIFACT_CREATED', 'JOB_DISPATCHED', 'JOB_ENDED', 'LOG', 'NOTIFICATION', 'POLICY_DECIDED', 'RUN_CREATED', 'RUN_STATE_CHANGED', 'SIGNAL_RECEIVED', 'STEPS_ADDED', 'STEP_PROGRESS', 'STEP_STATE_CHANGED', 'TOOL_CALLED', 'TOOL_RETURNED']"
AgentDelta = TypedDict('AgentDelta', {
    '__typename': "Literal['AgentDelta']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'text': "str",
})
AgentMessage = TypedDict('AgentMessage', {
    '__typename': "Literal['AgentMessage']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'role': "str",
    'text': "str",
})
ApprovalDecidedApproval = TypedDict('ApprovalDecidedApproval', {
    'id': "str",
    'state': "ApprovalState",
})
ApprovalDecided = TypedDict('ApprovalDecided', {
    '__typename': "Literal['ApprovalDecided']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'approval': "ApprovalDecidedApproval",
})
ApprovalRequestedApproval = TypedDict('ApprovalRequestedApproval', {
    'id': "str",
    'reason': "str",
})
ApprovalRequested = TypedDict('ApprovalRequested', {
    '__typename': "Literal['ApprovalRequested']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'approval': "ApprovalRequestedApproval",
})
ArtifactCreated = TypedDict('ArtifactCreated', {
    '__typename': "Literal['ArtifactCreated']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'artifact': "Artifact",
})
JobDispatched = TypedDict('JobDispatched', {
    '__typename': "Literal['JobDispatched']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'jobId': "str",
    'topic': "str",
    'worker': "str | None",
})
JobEnded = TypedDict('JobEnded', {
    '__typename': "Literal['JobEnded']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'jobId': "str",
    'worker': "str | None",
    'status': "str",
    'reason': "str | None",
    'executionMs': "float | None",
})
LogLevel: TypeAlias = "Literal['DEBUG', 'ERROR', 'INFO', 'WARN']"
LogLine = TypedDict('LogLine', {
    '__typename': "Literal['LogLine']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'level': "LogLevel",
    'text': "str",
})
Notification = TypedDict('Notification', {
    '__typename': "Literal['Notification']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'notificationLevel': "LogLevel",
    'message': "str",
})
PolicyDecided = TypedDict('PolicyDecided', {
    '__typename': "Literal['PolicyDecided']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'decision': "PolicyDecision",
})
RunCreatedPrincipal = TypedDict('RunCreatedPrincipal', {
    'subject': "str",
    'username': "str",
})
RunCreated = TypedDict('RunCreated', {
    '__typename': "Literal['RunCreated']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'kind': "RunKind",
    'goal': "str | None",
    'principal': "RunCreatedPrincipal",
})
RunStateChanged = TypedDict('RunStateChanged', {
    '__typename': "Literal['RunStateChanged']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'from': "RunState",
    'to': "RunState",
    'error': "Failure | None",
})
SignalReceived = TypedDict('SignalReceived', {
    '__typename': "Literal['SignalReceived']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'name': "str",
    'payload': "Any | None",
})
StepProgress = TypedDict('StepProgress', {
    '__typename': "Literal['StepProgress']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'percent': "int | None",
    'memo': "str | None",
})
StepStateChanged = TypedDict('StepStateChanged', {
    '__typename': "Literal['StepStateChanged']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'stepFrom': "StepState",
    'stepTo': "StepState",
    'attempt': "int",
    'error': "Failure | None",
})
StepsAdded = TypedDict('StepsAdded', {
    '__typename': "Literal['StepsAdded']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'keys': "list[str]",
})
ToolCalled = TypedDict('ToolCalled', {
    '__typename': "Literal['ToolCalled']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'call': "ToolCall",
})
ToolReturned = TypedDict('ToolReturned', {
    '__typename': "Literal['ToolReturned']",
    'cursor': "str",
    'seq': "int",
    'type': "EventType",
    'at': "str",
    'runId': "str",
    'step': "str | None",
    'call': "ToolCall",
})
Event: TypeAlias = "AgentDelta | AgentMessage | ApprovalDecided | ApprovalRequested | ArtifactCreated | JobDispatched | JobEnded | LogLine | Notification | PolicyDecided | RunCreated | RunStateChanged | SignalReceived | StepProgress | StepStateChanged | StepsAdded | ToolCalled | ToolReturned"
EventBatch = TypedDict('EventBatch', {
    'cursor': "str",
    'caughtUp': "bool",
    'events': "list[AgentDelta | AgentMessage | ApprovalDecided | ApprovalRequested | ArtifactCreated | JobDispatched | JobEnded | LogLine | Notification | PolicyDecided | RunCreated | RunStateChanged | SignalReceived | StepProgress | StepStateChanged | StepsAdded | ToolCalled | ToolReturned]",
})
Viewer = TypedDict('Viewer', {
    'subject': "str",
    'username': "str",
    'tenant': "str",
    'roles': "list[str]",
    'expiresAt': "str | None",
})
RunDetailOutputs = TypedDict('RunDetailOutputs', {
    'name': "str",
    'value': "Any | None",
})
RunDetail = TypedDict('RunDetail', {
    '__typename': "Literal['Run']",
    'id': "str",
    'kind': "RunKind",
    'state': "RunState",
    'goal': "str | None",
    'workflow': "str | None",
    'labels': "Any",
    'error': "Failure | None",
    'createdAt': "str",
    'startedAt': "str | None",
    'finishedAt': "str | None",
    'cursor': "str",
    'output': "Any | None",
    'outputs': "list[RunDetailOutputs]",
    'steps': "list[Step]",
})
RunPage = TypedDict('RunPage', {
    'nodes': "list[Run]",
    'pageInfo': "PageInfo",
})
RunFilter = TypedDict('RunFilter', {
    'createdAfter': NotRequired["str | None"],
    'createdBefore': NotRequired["str | None"],
    'errorCode': NotRequired["list[ErrorCode] | None"],
    'kind': NotRequired["list[RunKind] | None"],
    'label': NotRequired["Any | None"],
    'longerThanMs': NotRequired["int | None"],
    'principal': NotRequired["str | None"],
    'q': NotRequired["str | None"],
    'rerunOf': NotRequired["str | None"],
    'roots': NotRequired["bool | None"],
    'schedule': NotRequired["str | None"],
    'state': NotRequired["list[RunState] | None"],
    'text': NotRequired["str | None"],
    'workflow': NotRequired["str | None"],
})
EventFilter = TypedDict('EventFilter', {
    'level': NotRequired["LogLevel | None"],
    'runId': NotRequired["str | None"],
    'steps': NotRequired["list[str] | None"],
    'types': NotRequired["list[EventType] | None"],
    'workflow': NotRequired["str | None"],
})
ApprovalPage = TypedDict('ApprovalPage', {
    'nodes': "list[Approval]",
    'pageInfo': "PageInfo",
})
WorkflowTextCreatedBy = TypedDict('WorkflowTextCreatedBy', {
    'username': "str",
})
WorkflowText = TypedDict('WorkflowText', {
    '__typename': "Literal['Workflow']",
    'id': "str",
    'name': "str",
    'version': "int",
    'description': "str | None",
    'inputs': "Any",
    'createdAt': "str",
    'createdBy': "WorkflowTextCreatedBy",
    'yaml': "str",
})
WorkflowPage = TypedDict('WorkflowPage', {
    'nodes': "list[Workflow]",
    'pageInfo': "PageInfo",
})
Severity: TypeAlias = "Literal['ERROR', 'WARNING']"
ValidateWorkflowProblems = TypedDict('ValidateWorkflowProblems', {
    'severity': "Severity",
    'message': "str",
    'step': "str | None",
    'line': "int | None",
    'column': "int | None",
})
ValidateWorkflow = TypedDict('ValidateWorkflow', {
    'valid': "bool",
    'problems': "list[ValidateWorkflowProblems]",
})
WorkflowSource_document = TypedDict('WorkflowSource_document', {
    'document': "Any",
})
WorkflowSource_name = TypedDict('WorkflowSource_name', {
    'name': "str",
})
WorkflowSource_uri = TypedDict('WorkflowSource_uri', {
    'uri': "str",
})
WorkflowSource_yaml = TypedDict('WorkflowSource_yaml', {
    'yaml': "str",
})
WorkflowSource: TypeAlias = "WorkflowSource_document | WorkflowSource_name | WorkflowSource_uri | WorkflowSource_yaml"
InlineBytes = TypedDict('InlineBytes', {
    'base64': "str",
    'mediaType': NotRequired["str | None"],
})
ResourceInput_bytes = TypedDict('ResourceInput_bytes', {
    'bytes': "InlineBytes",
})
InlineText = TypedDict('InlineText', {
    'mediaType': NotRequired["str | None"],
    'text': "str",
})
ResourceInput_text = TypedDict('ResourceInput_text', {
    'text': "InlineText",
})
TypedUri = TypedDict('TypedUri', {
    'charset': NotRequired["str | None"],
    'mediaType': NotRequired["str | None"],
    'uri': "str",
})
ResourceInput_typedUri = TypedDict('ResourceInput_typedUri', {
    'typedUri': "TypedUri",
})
ResourceInput_uri = TypedDict('ResourceInput_uri', {
    'uri': "str",
})
ResourceInput: TypeAlias = "ResourceInput_bytes | ResourceInput_text | ResourceInput_typedUri | ResourceInput_uri"
FetchInput = TypedDict('FetchInput', {
    'idempotencyKey': NotRequired["str | None"],
    'schemaUri': NotRequired["str | None"],
    'source': "ResourceInput",
})
ConversionMode: TypeAlias = "Literal['AUTO', 'CSV', 'JSON', 'LINES', 'XML']"
ConvertToJsonInput = TypedDict('ConvertToJsonInput', {
    'dateFormat': NotRequired["str | None"],
    'dates': NotRequired["list[str] | None"],
    'decimalSeparator': NotRequired["str | None"],
    'delimiter': NotRequired["str | None"],
    'header': NotRequired["bool | None"],
    'idempotencyKey': NotRequired["str | None"],
    'mode': NotRequired["ConversionMode | None"],
    'numbers': NotRequired["list[str] | None"],
    'schemaUri': NotRequired["str | None"],
    'source': "ResourceInput",
})
ConvertToXmlInput = TypedDict('ConvertToXmlInput', {
    'data': NotRequired["Any | None"],
    'idempotencyKey': NotRequired["str | None"],
    'rootElement': NotRequired["str | None"],
    'schemaUri': NotRequired["str | None"],
    'source': NotRequired["ResourceInput | None"],
})
ConvertToCsvInput = TypedDict('ConvertToCsvInput', {
    'data': NotRequired["Any | None"],
    'delimiter': NotRequired["str | None"],
    'fields': NotRequired["list[str] | None"],
    'idempotencyKey': NotRequired["str | None"],
    'schemaUri': NotRequired["str | None"],
    'source': NotRequired["ResourceInput | None"],
})
ConvertToBase64Input = TypedDict('ConvertToBase64Input', {
    'idempotencyKey': NotRequired["str | None"],
    'source': "ResourceInput",
})
RenderInput = TypedDict('RenderInput', {
    'data': NotRequired["Any | None"],
    'idempotencyKey': NotRequired["str | None"],
    'source': NotRequired["ResourceInput | None"],
    'template': NotRequired["str | None"],
    'templateUri': NotRequired["str | None"],
    'title': NotRequired["str | None"],
})
BashBackendInput = TypedDict('BashBackendInput', {
    'commandTemplate': NotRequired["str | None"],
    'shell': NotRequired["str | None"],
    'timeoutMs': NotRequired["int | None"],
    'workingDir': NotRequired["str | None"],
})
AgentBackendInput_bashCli = TypedDict('AgentBackendInput_bashCli', {
    'bashCli': "BashBackendInput",
})
HttpBackendInput = TypedDict('HttpBackendInput', {
    'headers': NotRequired["Any | None"],
    'method': NotRequired["str | None"],
    'timeoutMs': NotRequired["int | None"],
    'url': "str",
})
AgentBackendInput_httpApi = TypedDict('AgentBackendInput_httpApi', {
    'httpApi': "HttpBackendInput",
})
McpBackendInput = TypedDict('McpBackendInput', {
    'arguments': NotRequired["Any | None"],
    'env': NotRequired["Any | None"],
    'headers': NotRequired["Any | None"],
    'serverUrl': NotRequired["str | None"],
    'stdioCommand': NotRequired["list[str] | None"],
})
LlmBackendInput = TypedDict('LlmBackendInput', {
    'apiBase': NotRequired["str | None"],
    'apiKey': NotRequired["str | None"],
    'maxTokens': NotRequired["int | None"],
    'maxTurns': NotRequired["int | None"],
    'mcpServers': NotRequired["list[McpBackendInput] | None"],
    'model': NotRequired["str | None"],
    'temperature': NotRequired["float | None"],
})
AgentBackendInput_litellm = TypedDict('AgentBackendInput_litellm', {
    'litellm': "LlmBackendInput",
})
AgentBackendInput_mcp = TypedDict('AgentBackendInput_mcp', {
    'mcp': "McpBackendInput",
})
WebSocketBackendInput = TypedDict('WebSocketBackendInput', {
    'headers': NotRequired["Any | None"],
    'subprotocol': NotRequired["str | None"],
    'timeoutMs': NotRequired["int | None"],
    'uri': "str",
})
AgentBackendInput_websocket = TypedDict('AgentBackendInput_websocket', {
    'websocket': "WebSocketBackendInput",
})
AgentBackendInput: TypeAlias = "AgentBackendInput_bashCli | AgentBackendInput_httpApi | AgentBackendInput_litellm | AgentBackendInput_mcp | AgentBackendInput_websocket"
AgentInput = TypedDict('AgentInput', {
    'backend': "AgentBackendInput",
    'goal': "str",
    'id': NotRequired["str | None"],
    'memoryUri': NotRequired["str | None"],
    'outputSchema': NotRequired["Any | None"],
    'role': "str",
    'tools': NotRequired["list[str] | None"],
})
PipelineStepInput = TypedDict('PipelineStepInput', {
    'agent': NotRequired["AgentInput | None"],
    'agent_node': NotRequired["Any | None"],
    'command': NotRequired["str | None"],
    'options': NotRequired["Any | None"],
    'request': NotRequired["Any | None"],
})
PipelineInput = TypedDict('PipelineInput', {
    'idempotencyKey': NotRequired["str | None"],
    'meta': NotRequired["Any | None"],
    'steps': NotRequired["list[PipelineStepInput] | None"],
})
ExecuteInput = TypedDict('ExecuteInput', {
    'command': "str",
    'idempotencyKey': NotRequired["str | None"],
    'options': NotRequired["Any | None"],
    'outputMediaType': NotRequired["str | None"],
    'schemaUri': NotRequired["str | None"],
    'source': NotRequired["ResourceInput | None"],
})
Priority: TypeAlias = "Literal['BATCH', 'CRITICAL', 'INTERACTIVE']"
StartRunInput = TypedDict('StartRunInput', {
    'idempotencyKey': NotRequired["str | None"],
    'inputs': NotRequired["Any | None"],
    'labels': NotRequired["Any | None"],
    'priority': NotRequired["Priority | None"],
    'source': "WorkflowSource",
    'waitMs': NotRequired["int | None"],
})
RunAgentInput = TypedDict('RunAgentInput', {
    'agent': NotRequired["AgentInput | None"],
    'context': NotRequired["Any | None"],
    'document': NotRequired["Any | None"],
    'idempotencyKey': NotRequired["str | None"],
    'waitMs': NotRequired["int | None"],
})
SubmitJobInput = TypedDict('SubmitJobInput', {
    'adapterId': NotRequired["str | None"],
    'budget': NotRequired["Any | None"],
    'compensation': NotRequired["Any | None"],
    'context': NotRequired["Any | None"],
    'contextHints': NotRequired["Any | None"],
    'contextPtr': NotRequired["str | None"],
    'env': NotRequired["Any | None"],
    'idempotencyKey': NotRequired["str | None"],
    'jobId': NotRequired["str | None"],
    'labels': NotRequired["Any | None"],
    'maxAttempts': NotRequired["int | None"],
    'memoryId': NotRequired["str | None"],
    'meta': NotRequired["Any | None"],
    'parentId': NotRequired["str | None"],
    'priority': NotRequired["Priority | None"],
    'topic': "str",
    'waitMs': NotRequired["int | None"],
})
CancelRunInput = TypedDict('CancelRunInput', {
    'compensate': NotRequired["bool | None"],
    'reason': NotRequired["str | None"],
    'runId': "str",
})
RetryStepInput = TypedDict('RetryStepInput', {
    'runId': "str",
    'step': "str",
})
RerunFromInput = TypedDict('RerunFromInput', {
    'inputs': NotRequired["Any | None"],
    'runId': "str",
    'step': "str",
})
SendSignalInput = TypedDict('SendSignalInput', {
    'name': "str",
    'payload': NotRequired["Any | None"],
    'runId': "str",
})
DecideApprovalInput = TypedDict('DecideApprovalInput', {
    'approvalId': "str",
    'approve': "bool",
    'comment': NotRequired["str | None"],
})
SaveWorkflowInput = TypedDict('SaveWorkflowInput', {
    'ifVersion': NotRequired["int | None"],
    'source': "WorkflowSource",
})
DeleteWorkflowInput = TypedDict('DeleteWorkflowInput', {
    'name': "str",
})

class Operations(Transport):
    def viewer(self) -> "Viewer | None":
        document = """query Viewer {
          viewer {
            subject
            username
            tenant
            roles
            expiresAt
          }
        }
        """
        return cast("Viewer | None", self._request(document, {}, repeat=True))

    def resources(self, uris: "list[str]", schema_uri: "str | None" = None) -> "list[Resource | None]":
        document = """query Resources($uris: [URI!]!, $schemaUri: URI) {
          resources(uris: $uris, schemaUri: $schemaUri) {
            ...Resource
          }
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }"""
        return cast("list[Resource | None]", self._request(document, {'uris': uris, 'schemaUri': schema_uri}, repeat=True))

    def run_state(self, id: "str") -> "Run | None":
        document = """query RunState($id: ID!) {
          run(id: $id) {
            ...Run
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }"""
        return cast("Run | None", self._request(document, {'id': id}, repeat=True))

    def run_detail(self, id: "str") -> "RunDetail | None":
        document = """query RunDetail($id: ID!) {
          run(id: $id) {
            ...Run
            output
            outputs {
              name
              value
            }
            steps {
              ...Step
            }
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Step on Step {
          id
          key
          title
          kind
          does
          state
          dependsOn
          attempt
          maxAttempts
          error {
            ...Failure
          }
          startedAt
          finishedAt
        }"""
        return cast("RunDetail | None", self._request(document, {'id': id}, repeat=True))

    def run_page(self, filter: "RunFilter | None" = None, first: "int | None" = None, after: "str | None" = None) -> "RunPage":
        document = """query RunPage($filter: RunFilter, $first: Int, $after: String) {
          runs(filter: $filter, first: $first, after: $after) {
            nodes {
              ...Run
            }
            pageInfo {
              ...PageInfo
            }
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment PageInfo on PageInfo {
          hasNextPage
          endCursor
        }"""
        return cast("RunPage", self._request(document, {'filter': filter, 'first': first, 'after': after}, repeat=True))

    def event_page(self, filter: "EventFilter | None" = None, after: "str | None" = None, first: "int | None" = None) -> "EventBatch":
        document = """query EventPage($filter: EventFilter, $after: Cursor, $first: Int) {
          events(filter: $filter, after: $after, first: $first) {
            ...EventBatch
          }
        }
        fragment EventBatch on EventBatch {
          cursor
          caughtUp
          events {
            ...Event
          }
        }
        fragment Event on Event {
          __typename
          cursor
          seq
          type
          at
          runId
          step
          ... on RunCreated {
            kind
            goal
            principal {
              subject
              username
            }
          }
          ... on RunStateChanged {
            from
            to
            error {
              ...Failure
            }
          }
          ... on StepsAdded {
            keys
          }
          ... on StepStateChanged {
            stepFrom: from
            stepTo: to
            attempt
            error {
              ...Failure
            }
          }
          ... on StepProgress {
            percent
            memo
          }
          ... on LogLine {
            level
            text
          }
          ... on AgentMessage {
            role
            text
          }
          ... on AgentDelta {
            text
          }
          ... on ToolCalled {
            call {
              ...ToolCall
            }
          }
          ... on ToolReturned {
            call {
              ...ToolCall
            }
          }
          ... on JobDispatched {
            jobId
            topic
            worker
          }
          ... on JobEnded {
            jobId
            worker
            status
            reason
            executionMs
          }
          ... on ArtifactCreated {
            artifact {
              ...Artifact
            }
          }
          ... on PolicyDecided {
            decision {
              ...PolicyDecision
            }
          }
          ... on ApprovalRequested {
            approval {
              id
              reason
            }
          }
          ... on ApprovalDecided {
            approval {
              id
              state
            }
          }
          ... on SignalReceived {
            name
            payload
          }
          ... on Notification {
            notificationLevel: level
            message
          }
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment ToolCall on ToolCall {
          id
          tool
          arguments
          result
          error {
            ...Failure
          }
          durationMs
        }
        fragment Artifact on Artifact {
          id
          digest
          name
          mediaType
          size
          url
        }
        fragment PolicyDecision on PolicyDecision {
          effect
          reason
          action
          canonicalUri
        }"""
        return cast("EventBatch", self._request(document, {'filter': filter, 'after': after, 'first': first}, repeat=True))

    def approval_page(self, state: "ApprovalState | None" = None, mine: "bool | None" = None, first: "int | None" = None, after: "str | None" = None) -> "ApprovalPage":
        document = """query ApprovalPage($state: ApprovalState, $mine: Boolean, $first: Int, $after: String) {
          approvals(state: $state, mine: $mine, first: $first, after: $after) {
            nodes {
              ...Approval
            }
            pageInfo {
              ...PageInfo
            }
          }
        }
        fragment Approval on Approval {
          __typename
          id
          state
          reason
          roles
          mayDecide
          whyNot
          requestedAt
          expiresAt
          decidedAt
          decidedBy {
            username
          }
          comment
          run {
            id
            workflow
            goal
          }
          step {
            key
            title
          }
        }
        fragment PageInfo on PageInfo {
          hasNextPage
          endCursor
        }"""
        return cast("ApprovalPage", self._request(document, {'state': state, 'mine': mine, 'first': first, 'after': after}, repeat=True))

    def workflow_text(self, name: "str", version: "int | None" = None) -> "WorkflowText | None":
        document = """query WorkflowText($name: String!, $version: Int) {
          workflow(name: $name, version: $version) {
            ...Workflow
            yaml
          }
        }
        fragment Workflow on Workflow {
          __typename
          id
          name
          version
          description
          inputs
          createdAt
          createdBy {
            username
          }
        }"""
        return cast("WorkflowText | None", self._request(document, {'name': name, 'version': version}, repeat=True))

    def workflow_page(self, first: "int | None" = None, after: "str | None" = None) -> "WorkflowPage":
        document = """query WorkflowPage($first: Int, $after: String) {
          workflows(first: $first, after: $after) {
            nodes {
              ...Workflow
            }
            pageInfo {
              ...PageInfo
            }
          }
        }
        fragment Workflow on Workflow {
          __typename
          id
          name
          version
          description
          inputs
          createdAt
          createdBy {
            username
          }
        }
        fragment PageInfo on PageInfo {
          hasNextPage
          endCursor
        }"""
        return cast("WorkflowPage", self._request(document, {'first': first, 'after': after}, repeat=True))

    def validate_workflow(self, source: "WorkflowSource", inputs: "Any | None" = None) -> "ValidateWorkflow":
        document = """query ValidateWorkflow($source: WorkflowSource!, $inputs: JSON) {
          validateWorkflow(source: $source, inputs: $inputs) {
            valid
            problems {
              severity
              message
              step
              line
              column
            }
          }
        }
        """
        return cast("ValidateWorkflow", self._request(document, {'source': source, 'inputs': inputs}, repeat=True))

    def sign_in(self, username: "str", password: "str") -> "Session":
        document = """mutation SignIn($username: String!, $password: String!) {
          signIn(input: { username: $username, password: $password }) {
            ...Session
            ...Refusal
          }
        }
        fragment Session on Session {
          __typename
          token
          expiresAt
          principal {
            subject
            username
            tenant
            roles
          }
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Session", self._request(document, {'username': username, 'password': password}, repeat=False))

    def renew_session(self) -> "Session":
        document = """mutation RenewSession {
          renewSession {
            ...Session
            ...Refusal
          }
        }
        fragment Session on Session {
          __typename
          token
          expiresAt
          principal {
            subject
            username
            tenant
            roles
          }
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Session", self._request(document, {}, repeat=False))

    def fetch(self, input: "FetchInput") -> "CommandOutcome":
        document = """mutation Fetch($input: FetchInput!) {
          fetch(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def convert_to_json(self, input: "ConvertToJsonInput") -> "CommandOutcome":
        document = """mutation ConvertToJson($input: ConvertToJsonInput!) {
          convertToJson(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def convert_to_xml(self, input: "ConvertToXmlInput") -> "CommandOutcome":
        document = """mutation ConvertToXml($input: ConvertToXmlInput!) {
          convertToXml(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def convert_to_csv(self, input: "ConvertToCsvInput") -> "CommandOutcome":
        document = """mutation ConvertToCsv($input: ConvertToCsvInput!) {
          convertToCsv(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def convert_to_base64(self, input: "ConvertToBase64Input") -> "CommandOutcome":
        document = """mutation ConvertToBase64($input: ConvertToBase64Input!) {
          convertToBase64(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def render(self, input: "RenderInput") -> "CommandOutcome":
        document = """mutation Render($input: RenderInput!) {
          render(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def pipeline(self, input: "PipelineInput") -> "CommandOutcome":
        document = """mutation Pipeline($input: PipelineInput!) {
          pipeline(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def execute(self, input: "ExecuteInput") -> "CommandOutcome":
        document = """mutation Execute($input: ExecuteInput!) {
          execute(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        fragment CommandOutcome on CommandOutcome {
          __typename
          run {
            ...Run
          }
          resource {
            ...Resource
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Resource on Resource {
          uri
          mediaType
          size
          digest
          text
          json
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("CommandOutcome", self._request(document, {'input': input}, repeat=True, keyed=True))

    def start_run(self, input: "StartRunInput") -> "Run":
        document = """mutation StartRun($input: StartRunInput!) {
          startRun(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=True, keyed=True))

    def run_agent(self, input: "RunAgentInput") -> "Run":
        document = """mutation RunAgent($input: RunAgentInput!) {
          runAgent(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=True, keyed=True))

    def submit_job(self, input: "SubmitJobInput") -> "Run":
        document = """mutation SubmitJob($input: SubmitJobInput!) {
          submitJob(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=True, keyed=True))

    def cancel_run(self, input: "CancelRunInput") -> "Run":
        document = """mutation CancelRun($input: CancelRunInput!) {
          cancelRun(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=False))

    def retry_step(self, input: "RetryStepInput") -> "Run":
        document = """mutation RetryStep($input: RetryStepInput!) {
          retryStep(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=False))

    def rerun_from(self, input: "RerunFromInput") -> "Run":
        document = """mutation RerunFrom($input: RerunFromInput!) {
          rerunFrom(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=False))

    def send_signal(self, input: "SendSignalInput") -> "Run":
        document = """mutation SendSignal($input: SendSignalInput!) {
          sendSignal(input: $input) {
            ...Run
            ...Refusal
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Run", self._request(document, {'input': input}, repeat=False))

    def decide_approval(self, input: "DecideApprovalInput") -> "Approval":
        document = """mutation DecideApproval($input: DecideApprovalInput!) {
          decideApproval(input: $input) {
            ...Approval
            ...Refusal
          }
        }
        fragment Approval on Approval {
          __typename
          id
          state
          reason
          roles
          mayDecide
          whyNot
          requestedAt
          expiresAt
          decidedAt
          decidedBy {
            username
          }
          comment
          run {
            id
            workflow
            goal
          }
          step {
            key
            title
          }
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Approval", self._request(document, {'input': input}, repeat=False))

    def save_workflow(self, input: "SaveWorkflowInput") -> "Workflow":
        document = """mutation SaveWorkflow($input: SaveWorkflowInput!) {
          saveWorkflow(input: $input) {
            ...Workflow
            ...Refusal
          }
        }
        fragment Workflow on Workflow {
          __typename
          id
          name
          version
          description
          inputs
          createdAt
          createdBy {
            username
          }
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Workflow", self._request(document, {'input': input}, repeat=False))

    def delete_workflow(self, input: "DeleteWorkflowInput") -> "Workflow":
        document = """mutation DeleteWorkflow($input: DeleteWorkflowInput!) {
          deleteWorkflow(input: $input) {
            ...Workflow
            ...Refusal
          }
        }
        fragment Workflow on Workflow {
          __typename
          id
          name
          version
          description
          inputs
          createdAt
          createdBy {
            username
          }
        }
        fragment Refusal on Refusal {
          __typename
          code
          message
          path
          retryAfterMs
          details
          violations {
            path
            message
            keyword
          }
          decision {
            effect
            reason
            action
            canonicalUri
            rule {
              id
            }
          }
        }"""
        return cast("Workflow", self._request(document, {'input': input}, repeat=False))

    def events(self, filter: "EventFilter | None" = None, after: "str | None" = None, batch: "int | None" = None) -> "Iterator[EventBatch]":
        document = """subscription Events($filter: EventFilter, $after: Cursor, $batch: Int) {
          events(filter: $filter, after: $after, batch: $batch) {
            ...EventBatch
          }
        }
        fragment EventBatch on EventBatch {
          cursor
          caughtUp
          events {
            ...Event
          }
        }
        fragment Event on Event {
          __typename
          cursor
          seq
          type
          at
          runId
          step
          ... on RunCreated {
            kind
            goal
            principal {
              subject
              username
            }
          }
          ... on RunStateChanged {
            from
            to
            error {
              ...Failure
            }
          }
          ... on StepsAdded {
            keys
          }
          ... on StepStateChanged {
            stepFrom: from
            stepTo: to
            attempt
            error {
              ...Failure
            }
          }
          ... on StepProgress {
            percent
            memo
          }
          ... on LogLine {
            level
            text
          }
          ... on AgentMessage {
            role
            text
          }
          ... on AgentDelta {
            text
          }
          ... on ToolCalled {
            call {
              ...ToolCall
            }
          }
          ... on ToolReturned {
            call {
              ...ToolCall
            }
          }
          ... on JobDispatched {
            jobId
            topic
            worker
          }
          ... on JobEnded {
            jobId
            worker
            status
            reason
            executionMs
          }
          ... on ArtifactCreated {
            artifact {
              ...Artifact
            }
          }
          ... on PolicyDecided {
            decision {
              ...PolicyDecision
            }
          }
          ... on ApprovalRequested {
            approval {
              id
              reason
            }
          }
          ... on ApprovalDecided {
            approval {
              id
              state
            }
          }
          ... on SignalReceived {
            name
            payload
          }
          ... on Notification {
            notificationLevel: level
            message
          }
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment ToolCall on ToolCall {
          id
          tool
          arguments
          result
          error {
            ...Failure
          }
          durationMs
        }
        fragment Artifact on Artifact {
          id
          digest
          name
          mediaType
          size
          url
        }
        fragment PolicyDecision on PolicyDecision {
          effect
          reason
          action
          canonicalUri
        }"""
        return cast("Iterator[EventBatch]", self._subscribe(document, {'filter': filter, 'after': after, 'batch': batch}))

    def run_events(self, run_id: "str", after: "str | None" = None, batch: "int | None" = None) -> "Iterator[EventBatch]":
        document = """subscription RunEvents($runId: ID!, $after: Cursor, $batch: Int) {
          runEvents(runId: $runId, after: $after, batch: $batch) {
            ...EventBatch
          }
        }
        fragment EventBatch on EventBatch {
          cursor
          caughtUp
          events {
            ...Event
          }
        }
        fragment Event on Event {
          __typename
          cursor
          seq
          type
          at
          runId
          step
          ... on RunCreated {
            kind
            goal
            principal {
              subject
              username
            }
          }
          ... on RunStateChanged {
            from
            to
            error {
              ...Failure
            }
          }
          ... on StepsAdded {
            keys
          }
          ... on StepStateChanged {
            stepFrom: from
            stepTo: to
            attempt
            error {
              ...Failure
            }
          }
          ... on StepProgress {
            percent
            memo
          }
          ... on LogLine {
            level
            text
          }
          ... on AgentMessage {
            role
            text
          }
          ... on AgentDelta {
            text
          }
          ... on ToolCalled {
            call {
              ...ToolCall
            }
          }
          ... on ToolReturned {
            call {
              ...ToolCall
            }
          }
          ... on JobDispatched {
            jobId
            topic
            worker
          }
          ... on JobEnded {
            jobId
            worker
            status
            reason
            executionMs
          }
          ... on ArtifactCreated {
            artifact {
              ...Artifact
            }
          }
          ... on PolicyDecided {
            decision {
              ...PolicyDecision
            }
          }
          ... on ApprovalRequested {
            approval {
              id
              reason
            }
          }
          ... on ApprovalDecided {
            approval {
              id
              state
            }
          }
          ... on SignalReceived {
            name
            payload
          }
          ... on Notification {
            notificationLevel: level
            message
          }
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }
        fragment ToolCall on ToolCall {
          id
          tool
          arguments
          result
          error {
            ...Failure
          }
          durationMs
        }
        fragment Artifact on Artifact {
          id
          digest
          name
          mediaType
          size
          url
        }
        fragment PolicyDecision on PolicyDecision {
          effect
          reason
          action
          canonicalUri
        }"""
        return cast("Iterator[EventBatch]", self._subscribe(document, {'runId': run_id, 'after': after, 'batch': batch}))

    def run_updates(self, run_id: "str") -> "Iterator[Run]":
        document = """subscription RunUpdates($runId: ID!) {
          runUpdated(runId: $runId) {
            ...Run
          }
        }
        fragment Run on Run {
          __typename
          id
          kind
          state
          goal
          workflow
          labels
          error {
            ...Failure
          }
          createdAt
          startedAt
          finishedAt
          cursor
        }
        fragment Failure on Failure {
          code
          message
          step
          details
          retryable
        }"""
        return cast("Iterator[Run]", self._subscribe(document, {'runId': run_id}))
