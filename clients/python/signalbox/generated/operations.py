# Written by `npm run codegen` from schema.graphql and documents.graphql.
from typing import TYPE_CHECKING, Any, Generator, Literal, TypeAlias, TypedDict, cast

from ..transport import Transport

if TYPE_CHECKING:
    # Type checkers have it for every version of Python.
    from typing_extensions import NotRequired

ErrorCode: TypeAlias = "Literal['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_INPUT', 'SCHEMA_VIOLATION', 'UNSUPPORTED_SCHEME', 'RESOURCE_UNREACHABLE', 'RESOURCE_TOO_LARGE', 'CONFLICT', 'THROTTLED', 'APPROVAL_REQUIRED', 'CURSOR_EXPIRED', 'TOO_COSTLY', 'TIMEOUT', 'CANCELLED', 'UNAVAILABLE', 'INTERNAL']"
RefusalViolations = TypedDict('RefusalViolations', {
    'path': "str",
    'message': "str",
    'keyword': "str | None",
})
PolicyEffect: TypeAlias = "Literal['ALLOW', 'DENY', 'APPROVE', 'THROTTLE']"
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
    'details': "Any",
    'violations': "list[RefusalViolations]",
    'decision': "RefusalDecision | None",
})
Failure = TypedDict('Failure', {
    'code': "ErrorCode",
    'message': "str",
    'step': "str | None",
    'details': "Any",
    'retryable': "bool",
})
RunKind: TypeAlias = "Literal['COMMAND', 'PIPELINE', 'AGENT', 'JOB', 'WORKFLOW']"
RunState: TypeAlias = "Literal['PENDING', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED', 'TIMEOUT', 'DENIED', 'CANCELLED']"
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
StepKind: TypeAlias = "Literal['COMMAND', 'QUERY', 'AGENT', 'TOOL', 'TRANSFORM', 'APPROVAL', 'SLEEP', 'SIGNAL', 'WORKFLOW', 'PLAN', 'RESEARCH', 'CODEGEN', 'EVAL', 'REPO', 'NOTIFY', 'JOB', 'HTTP', 'OTHER']"
StepState: TypeAlias = "Literal['PENDING', 'SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'FAILED_RETRYABLE', 'FAILED_FATAL', 'TIMEOUT', 'DENIED', 'SKIPPED', 'CANCELLED']"
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
    'json': "Any",
})
ApprovalState: TypeAlias = "Literal['OPEN', 'APPROVED', 'REJECTED', 'EXPIRED']"
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
    'result': "Any",
    'error': "Failure | None",
    'durationMs': "float | None",
})
PolicyDecision = TypedDict('PolicyDecision', {
    'effect': "PolicyEffect",
    'reason': "str",
    'action': "str",
    'canonicalUri': "str | None",
})
EventType: TypeAlias = "Literal['RUN_CREATED', 'RUN_STATE_CHANGED', 'STEPS_ADDED', 'STEP_STATE_CHANGED', 'JOB_DISPATCHED', 'JOB_ENDED', 'STEP_PROGRESS', 'LOG', 'AGENT_MESSAGE', 'AGENT_DELTA', 'TOOL_CALLED', 'TOOL_RETURNED', 'ARTIFACT_CREATED', 'POLICY_DECIDED', 'APPROVAL_REQUESTED', 'APPROVAL_DECIDED', 'SIGNAL_RECEIVED', 'NOTIFICATION']"
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
    'payload': "Any",
})
LogLevel: TypeAlias = "Literal['DEBUG', 'INFO', 'WARN', 'ERROR']"
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
Event: TypeAlias = "RunCreated | RunStateChanged | SignalReceived | Notification | StepsAdded | StepStateChanged | JobDispatched | JobEnded | StepProgress | LogLine | ArtifactCreated | AgentMessage | AgentDelta | ToolCalled | ToolReturned | PolicyDecided | ApprovalRequested | ApprovalDecided"
EventBatch = TypedDict('EventBatch', {
    'cursor': "str",
    'caughtUp': "bool",
    'events': "list[RunCreated | RunStateChanged | SignalReceived | Notification | StepsAdded | StepStateChanged | JobDispatched | JobEnded | StepProgress | LogLine | ArtifactCreated | AgentMessage | AgentDelta | ToolCalled | ToolReturned | PolicyDecided | ApprovalRequested | ApprovalDecided]",
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
    'value': "Any",
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
    'output': "Any",
    'outputs': "list[RunDetailOutputs]",
    'steps': "list[Step]",
})
RunSource = TypedDict('RunSource', {
    'text': "str | None",
    'inputs': "Any",
    'labels': "Any",
})
RunPage = TypedDict('RunPage', {
    'nodes': "list[Run]",
    'pageInfo': "PageInfo",
})
RunFilter = TypedDict('RunFilter', {
    'state': "NotRequired[list[RunState] | None]",
    'kind': "NotRequired[list[RunKind] | None]",
    'workflow': "NotRequired[str | None]",
    'principal': "NotRequired[str | None]",
    'label': "NotRequired[Any]",
    'createdAfter': "NotRequired[str | None]",
    'createdBefore': "NotRequired[str | None]",
    'text': "NotRequired[str | None]",
    'q': "NotRequired[str | None]",
    'roots': "NotRequired[bool | None]",
    'errorCode': "NotRequired[list[ErrorCode] | None]",
    'schedule': "NotRequired[str | None]",
    'rerunOf': "NotRequired[str | None]",
    'longerThanMs': "NotRequired[int | None]",
})
EventFilter = TypedDict('EventFilter', {
    'runId': "NotRequired[str | None]",
    'types': "NotRequired[list[EventType] | None]",
    'steps': "NotRequired[list[str] | None]",
    'workflow': "NotRequired[str | None]",
    'level': "NotRequired[LogLevel | None]",
})
ApprovalNode = TypedDict('ApprovalNode', {

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
WorkflowVersionsVersions = TypedDict('WorkflowVersionsVersions', {
    'nodes': "list[Workflow]",
    'pageInfo': "PageInfo",
})
WorkflowVersions = TypedDict('WorkflowVersions', {
    'versions': "WorkflowVersionsVersions",
})
Severity: TypeAlias = "Literal['ERROR', 'WARNING']"
ValidateWorkflowProblems = TypedDict('ValidateWorkflowProblems', {
    'severity': "Severity",
    'message': "str",
    'step': "str | None",
    'line': "int | None",
    'column': "int | None",
})
ValidateWorkflowDecisions = TypedDict('ValidateWorkflowDecisions', {
    'step': "str",
    'decision': "PolicyDecision",
})
ValidateWorkflow = TypedDict('ValidateWorkflow', {
    'valid': "bool",
    'problems': "list[ValidateWorkflowProblems]",
    'decisions': "list[ValidateWorkflowDecisions]",
})
WorkflowSource_name = TypedDict('WorkflowSource_name', {
    'name': "str",
})
WorkflowSource_yaml = TypedDict('WorkflowSource_yaml', {
    'yaml': "str",
})
WorkflowSource_document = TypedDict('WorkflowSource_document', {
    'document': "Any",
})
WorkflowSource_uri = TypedDict('WorkflowSource_uri', {
    'uri': "str",
})
WorkflowSource: TypeAlias = "WorkflowSource_name | WorkflowSource_yaml | WorkflowSource_document | WorkflowSource_uri"
ResourceInput_uri = TypedDict('ResourceInput_uri', {
    'uri': "str",
})
TypedUri = TypedDict('TypedUri', {
    'uri': "str",
    'mediaType': "NotRequired[str | None]",
    'charset': "NotRequired[str | None]",
})
ResourceInput_typedUri = TypedDict('ResourceInput_typedUri', {
    'typedUri': "TypedUri",
})
InlineText = TypedDict('InlineText', {
    'text': "str",
    'mediaType': "NotRequired[str | None]",
})
ResourceInput_text = TypedDict('ResourceInput_text', {
    'text': "InlineText",
})
InlineBytes = TypedDict('InlineBytes', {
    'base64': "str",
    'mediaType': "NotRequired[str | None]",
})
ResourceInput_bytes = TypedDict('ResourceInput_bytes', {
    'bytes': "InlineBytes",
})
ResourceInput: TypeAlias = "ResourceInput_uri | ResourceInput_typedUri | ResourceInput_text | ResourceInput_bytes"
FetchInput = TypedDict('FetchInput', {
    'source': "ResourceInput",
    'schemaUri': "NotRequired[str | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
ConversionMode: TypeAlias = "Literal['AUTO', 'CSV', 'JSON', 'XML', 'LINES']"
ConvertToJsonInput = TypedDict('ConvertToJsonInput', {
    'source': "ResourceInput",
    'schemaUri': "NotRequired[str | None]",
    'mode': "NotRequired[ConversionMode | None]",
    'delimiter': "NotRequired[str | None]",
    'header': "NotRequired[bool | None]",
    'numbers': "NotRequired[list[str] | None]",
    'decimalSeparator': "NotRequired[str | None]",
    'dates': "NotRequired[list[str] | None]",
    'dateFormat': "NotRequired[str | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
ConvertToXmlInput = TypedDict('ConvertToXmlInput', {
    'source': "NotRequired[ResourceInput | None]",
    'data': "NotRequired[Any]",
    'schemaUri': "NotRequired[str | None]",
    'rootElement': "NotRequired[str | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
ConvertToCsvInput = TypedDict('ConvertToCsvInput', {
    'source': "NotRequired[ResourceInput | None]",
    'data': "NotRequired[Any]",
    'schemaUri': "NotRequired[str | None]",
    'delimiter': "NotRequired[str | None]",
    'fields': "NotRequired[list[str] | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
ConvertToBase64Input = TypedDict('ConvertToBase64Input', {
    'source': "ResourceInput",
    'idempotencyKey': "NotRequired[str | None]",
})
RenderInput = TypedDict('RenderInput', {
    'source': "NotRequired[ResourceInput | None]",
    'data': "NotRequired[Any]",
    'template': "NotRequired[str | None]",
    'templateUri': "NotRequired[str | None]",
    'title': "NotRequired[str | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
McpBackendInput = TypedDict('McpBackendInput', {
    'stdioCommand': "NotRequired[list[str] | None]",
    'serverUrl': "NotRequired[str | None]",
    'env': "NotRequired[Any]",
    'headers': "NotRequired[Any]",
    'arguments': "NotRequired[Any]",
})
AgentBackendInput_mcp = TypedDict('AgentBackendInput_mcp', {
    'mcp': "McpBackendInput",
})
LlmBackendInput = TypedDict('LlmBackendInput', {
    'model': "NotRequired[str | None]",
    'apiBase': "NotRequired[str | None]",
    'apiKey': "NotRequired[str | None]",
    'temperature': "NotRequired[float | None]",
    'maxTokens': "NotRequired[int | None]",
    'maxTurns': "NotRequired[int | None]",
    'mcpServers': "NotRequired[list[McpBackendInput] | None]",
})
AgentBackendInput_litellm = TypedDict('AgentBackendInput_litellm', {
    'litellm': "LlmBackendInput",
})
BashBackendInput = TypedDict('BashBackendInput', {
    'commandTemplate': "NotRequired[str | None]",
    'shell': "NotRequired[str | None]",
    'workingDir': "NotRequired[str | None]",
    'timeoutMs': "NotRequired[int | None]",
})
AgentBackendInput_bashCli = TypedDict('AgentBackendInput_bashCli', {
    'bashCli': "BashBackendInput",
})
HttpBackendInput = TypedDict('HttpBackendInput', {
    'url': "str",
    'method': "NotRequired[str | None]",
    'headers': "NotRequired[Any]",
    'timeoutMs': "NotRequired[int | None]",
})
AgentBackendInput_httpApi = TypedDict('AgentBackendInput_httpApi', {
    'httpApi': "HttpBackendInput",
})
WebSocketBackendInput = TypedDict('WebSocketBackendInput', {
    'uri': "str",
    'subprotocol': "NotRequired[str | None]",
    'headers': "NotRequired[Any]",
    'timeoutMs': "NotRequired[int | None]",
})
AgentBackendInput_websocket = TypedDict('AgentBackendInput_websocket', {
    'websocket': "WebSocketBackendInput",
})
AgentBackendInput: TypeAlias = "AgentBackendInput_mcp | AgentBackendInput_litellm | AgentBackendInput_bashCli | AgentBackendInput_httpApi | AgentBackendInput_websocket"
AgentInput = TypedDict('AgentInput', {
    'id': "NotRequired[str | None]",
    'role': "str",
    'goal': "str",
    'tools': "NotRequired[list[str] | None]",
    'backend': "AgentBackendInput",
    'outputSchema': "NotRequired[Any]",
    'memoryUri': "NotRequired[str | None]",
})
PipelineStepInput = TypedDict('PipelineStepInput', {
    'command': "NotRequired[str | None]",
    'options': "NotRequired[Any]",
    'agent': "NotRequired[AgentInput | None]",
    'request': "NotRequired[Any]",
    'agent_node': "NotRequired[Any]",
})
PipelineInput = TypedDict('PipelineInput', {
    'steps': "NotRequired[list[PipelineStepInput] | None]",
    'meta': "NotRequired[Any]",
    'idempotencyKey': "NotRequired[str | None]",
})
ExecuteInput = TypedDict('ExecuteInput', {
    'command': "str",
    'source': "NotRequired[ResourceInput | None]",
    'schemaUri': "NotRequired[str | None]",
    'outputMediaType': "NotRequired[str | None]",
    'options': "NotRequired[Any]",
    'idempotencyKey': "NotRequired[str | None]",
})
Priority: TypeAlias = "Literal['CRITICAL', 'INTERACTIVE', 'BATCH']"
StartRunInput = TypedDict('StartRunInput', {
    'source': "WorkflowSource",
    'inputs': "NotRequired[Any]",
    'labels': "NotRequired[Any]",
    'priority': "NotRequired[Priority | None]",
    'waitMs': "NotRequired[int | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
RunAgentInput = TypedDict('RunAgentInput', {
    'agent': "NotRequired[AgentInput | None]",
    'document': "NotRequired[Any]",
    'context': "NotRequired[Any]",
    'labels': "NotRequired[Any]",
    'waitMs': "NotRequired[int | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
SubmitJobInput = TypedDict('SubmitJobInput', {
    'topic': "str",
    'context': "NotRequired[Any]",
    'contextPtr': "NotRequired[str | None]",
    'jobId': "NotRequired[str | None]",
    'adapterId': "NotRequired[str | None]",
    'memoryId': "NotRequired[str | None]",
    'env': "NotRequired[Any]",
    'contextHints': "NotRequired[Any]",
    'budget': "NotRequired[Any]",
    'labels': "NotRequired[Any]",
    'meta': "NotRequired[Any]",
    'compensation': "NotRequired[Any]",
    'parentId': "NotRequired[str | None]",
    'priority': "NotRequired[Priority | None]",
    'maxAttempts': "NotRequired[int | None]",
    'waitMs': "NotRequired[int | None]",
    'idempotencyKey': "NotRequired[str | None]",
})
CancelRunInput = TypedDict('CancelRunInput', {
    'runId': "str",
    'reason': "NotRequired[str | None]",
    'compensate': "NotRequired[bool | None]",
})
RetryStepInput = TypedDict('RetryStepInput', {
    'runId': "str",
    'step': "str",
})
RerunFromInput = TypedDict('RerunFromInput', {
    'runId': "str",
    'step': "str",
    'inputs': "NotRequired[Any]",
})
SendSignalInput = TypedDict('SendSignalInput', {
    'runId': "str",
    'name': "str",
    'payload': "NotRequired[Any]",
})
DecideApprovalInput = TypedDict('DecideApprovalInput', {
    'approvalId': "str",
    'approve': "bool",
    'comment': "NotRequired[str | None]",
})
SaveWorkflowInput = TypedDict('SaveWorkflowInput', {
    'source': "WorkflowSource",
    'ifVersion': "NotRequired[int | None]",
})
DeleteWorkflowInput = TypedDict('DeleteWorkflowInput', {
    'name': "str",
})

_REFUSAL = """fragment Refusal on Refusal {
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
}
"""
_FAILURE = """fragment Failure on Failure {
  code
  message
  step
  details
  retryable
}
"""
_RUN = """fragment Run on Run {
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
"""
_STEP = """fragment Step on Step {
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
}
"""
_ARTIFACT = """fragment Artifact on Artifact {
  id
  digest
  name
  mediaType
  size
  url
}
"""
_RESOURCE = """fragment Resource on Resource {
  uri
  mediaType
  size
  digest
  text
  json
}
"""
_APPROVAL = """fragment Approval on Approval {
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
"""
_WORKFLOW = """fragment Workflow on Workflow {
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
"""
_COMMAND_OUTCOME = """fragment CommandOutcome on CommandOutcome {
  __typename
  run {
    ...Run
  }
  resource {
    ...Resource
  }
}
"""
_SESSION = """fragment Session on Session {
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
"""
_PAGE_INFO = """fragment PageInfo on PageInfo {
  hasNextPage
  endCursor
}
"""
_TOOL_CALL = """fragment ToolCall on ToolCall {
  id
  tool
  arguments
  result
  error {
    ...Failure
  }
  durationMs
}
"""
_POLICY_DECISION = """fragment PolicyDecision on PolicyDecision {
  effect
  reason
  action
  canonicalUri
}
"""
_EVENT = """fragment Event on Event {
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
"""
_EVENT_BATCH = """fragment EventBatch on EventBatch {
  cursor
  caughtUp
  events {
    ...Event
  }
}
"""

class Commands:
    """A method for each command. Every command has an idempotency key, so it is carried out once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def fetch(self, source: "ResourceInput", *, schema_uri: "str | None" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation Fetch($input: FetchInput!) {
          fetch(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'source': source, 'schemaUri': schema_uri, 'idempotencyKey': idempotency_key}}, keyed=True))

    def convert_to_json(self, source: "ResourceInput", *, schema_uri: "str | None" = None, mode: "ConversionMode | None" = None, delimiter: "str | None" = None, header: "bool | None" = None, numbers: "list[str] | None" = None, decimal_separator: "str | None" = None, dates: "list[str] | None" = None, date_format: "str | None" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation ConvertToJson($input: ConvertToJsonInput!) {
          convertToJson(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'source': source, 'schemaUri': schema_uri, 'mode': mode, 'delimiter': delimiter, 'header': header, 'numbers': numbers, 'decimalSeparator': decimal_separator, 'dates': dates, 'dateFormat': date_format, 'idempotencyKey': idempotency_key}}, keyed=True))

    def convert_to_xml(self, *, source: "ResourceInput | None" = None, data: "Any" = None, schema_uri: "str | None" = None, root_element: "str | None" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation ConvertToXml($input: ConvertToXmlInput!) {
          convertToXml(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'source': source, 'data': data, 'schemaUri': schema_uri, 'rootElement': root_element, 'idempotencyKey': idempotency_key}}, keyed=True))

    def convert_to_csv(self, *, source: "ResourceInput | None" = None, data: "Any" = None, schema_uri: "str | None" = None, delimiter: "str | None" = None, fields: "list[str] | None" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation ConvertToCsv($input: ConvertToCsvInput!) {
          convertToCsv(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'source': source, 'data': data, 'schemaUri': schema_uri, 'delimiter': delimiter, 'fields': fields, 'idempotencyKey': idempotency_key}}, keyed=True))

    def convert_to_base64(self, source: "ResourceInput", *, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation ConvertToBase64($input: ConvertToBase64Input!) {
          convertToBase64(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'source': source, 'idempotencyKey': idempotency_key}}, keyed=True))

    def render(self, *, source: "ResourceInput | None" = None, data: "Any" = None, template: "str | None" = None, template_uri: "str | None" = None, title: "str | None" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation Render($input: RenderInput!) {
          render(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'source': source, 'data': data, 'template': template, 'templateUri': template_uri, 'title': title, 'idempotencyKey': idempotency_key}}, keyed=True))

    def pipeline(self, *, steps: "list[PipelineStepInput] | None" = None, meta: "Any" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation Pipeline($input: PipelineInput!) {
          pipeline(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'steps': steps, 'meta': meta, 'idempotencyKey': idempotency_key}}, keyed=True))

    def execute(self, command: "str", *, source: "ResourceInput | None" = None, schema_uri: "str | None" = None, output_media_type: "str | None" = None, options: "Any" = None, idempotency_key: "str | None" = None) -> "CommandOutcome":
        _document = """mutation Execute($input: ExecuteInput!) {
          execute(input: $input) {
            ...CommandOutcome
            ...Refusal
          }
        }
        """ + _COMMAND_OUTCOME + _RUN + _FAILURE + _RESOURCE + _REFUSAL
        return cast("CommandOutcome", self._transport.request(_document, {'input': {'command': command, 'source': source, 'schemaUri': schema_uri, 'outputMediaType': output_media_type, 'options': options, 'idempotencyKey': idempotency_key}}, keyed=True))

class Operations:
    """A method for each other operation of documents.graphql."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def viewer(self) -> "Viewer | None":
        _document = """query Viewer {
          viewer {
            subject
            username
            tenant
            roles
            expiresAt
          }
        }
        """
        return cast("Viewer | None", self._transport.request(_document, {}, repeat=True))

    def resources(self, uris: "list[str]", *, schema_uri: "str | None" = None) -> "list[Resource | None]":
        _document = """query Resources($uris: [URI!]!, $schemaUri: URI) {
          resources(uris: $uris, schemaUri: $schemaUri) {
            ...Resource
          }
        }
        """ + _RESOURCE
        return cast("list[Resource | None]", self._transport.request(_document, {'uris': uris, 'schemaUri': schema_uri}, repeat=True))

    def run_state(self, id: "str") -> "Run | None":
        _document = """query RunState($id: ID!) {
          run(id: $id) {
            ...Run
          }
        }
        """ + _RUN + _FAILURE
        return cast("Run | None", self._transport.request(_document, {'id': id}, repeat=True))

    def run_detail(self, id: "str") -> "RunDetail | None":
        _document = """query RunDetail($id: ID!) {
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
        """ + _RUN + _FAILURE + _STEP
        return cast("RunDetail | None", self._transport.request(_document, {'id': id}, repeat=True))

    def run_source(self, id: "str") -> "RunSource | None":
        _document = """query RunSource($id: ID!) {
          run(id: $id) {
            text
            inputs
            labels
          }
        }
        """
        return cast("RunSource | None", self._transport.request(_document, {'id': id}, repeat=True))

    def run_page(self, *, filter: "RunFilter | None" = None, first: "int | None" = None, after: "str | None" = None) -> "RunPage":
        _document = """query RunPage($filter: RunFilter, $first: Int, $after: String) {
          runs(filter: $filter, first: $first, after: $after) {
            nodes {
              ...Run
            }
            pageInfo {
              ...PageInfo
            }
          }
        }
        """ + _RUN + _FAILURE + _PAGE_INFO
        return cast("RunPage", self._transport.request(_document, {'filter': filter, 'first': first, 'after': after}, repeat=True))

    def event_page(self, *, filter: "EventFilter | None" = None, after: "str | None" = None, first: "int | None" = None) -> "EventBatch":
        _document = """query EventPage($filter: EventFilter, $after: Cursor, $first: Int) {
          events(filter: $filter, after: $after, first: $first) {
            ...EventBatch
          }
        }
        """ + _EVENT_BATCH + _EVENT + _FAILURE + _TOOL_CALL + _ARTIFACT + _POLICY_DECISION
        return cast("EventBatch", self._transport.request(_document, {'filter': filter, 'after': after, 'first': first}, repeat=True))

    def approval_node(self, id: "str") -> "ApprovalNode | Approval | None":
        _document = """query ApprovalNode($id: ID!) {
          node(id: $id) {
            ...Approval
          }
        }
        """ + _APPROVAL
        return cast("ApprovalNode | Approval | None", self._transport.request(_document, {'id': id}, repeat=True))

    def approval_page(self, *, state: "ApprovalState | None" = None, mine: "bool | None" = None, first: "int | None" = None, after: "str | None" = None) -> "ApprovalPage":
        _document = """query ApprovalPage($state: ApprovalState, $mine: Boolean, $first: Int, $after: String) {
          approvals(state: $state, mine: $mine, first: $first, after: $after) {
            nodes {
              ...Approval
            }
            pageInfo {
              ...PageInfo
            }
          }
        }
        """ + _APPROVAL + _PAGE_INFO
        return cast("ApprovalPage", self._transport.request(_document, {'state': state, 'mine': mine, 'first': first, 'after': after}, repeat=True))

    def workflow_text(self, name: "str", *, version: "int | None" = None) -> "WorkflowText | None":
        _document = """query WorkflowText($name: String!, $version: Int) {
          workflow(name: $name, version: $version) {
            ...Workflow
            yaml
          }
        }
        """ + _WORKFLOW
        return cast("WorkflowText | None", self._transport.request(_document, {'name': name, 'version': version}, repeat=True))

    def workflow_page(self, *, first: "int | None" = None, after: "str | None" = None) -> "WorkflowPage":
        _document = """query WorkflowPage($first: Int, $after: String) {
          workflows(first: $first, after: $after) {
            nodes {
              ...Workflow
            }
            pageInfo {
              ...PageInfo
            }
          }
        }
        """ + _WORKFLOW + _PAGE_INFO
        return cast("WorkflowPage", self._transport.request(_document, {'first': first, 'after': after}, repeat=True))

    def workflow_versions(self, name: "str", *, first: "int | None" = None, after: "str | None" = None) -> "WorkflowVersions | None":
        _document = """query WorkflowVersions($name: String!, $first: Int, $after: String) {
          workflow(name: $name) {
            versions(first: $first, after: $after) {
              nodes {
                ...Workflow
              }
              pageInfo {
                ...PageInfo
              }
            }
          }
        }
        """ + _WORKFLOW + _PAGE_INFO
        return cast("WorkflowVersions | None", self._transport.request(_document, {'name': name, 'first': first, 'after': after}, repeat=True))

    def validate_workflow(self, source: "WorkflowSource", *, inputs: "Any" = None) -> "ValidateWorkflow":
        _document = """query ValidateWorkflow($source: WorkflowSource!, $inputs: JSON) {
          validateWorkflow(source: $source, inputs: $inputs) {
            valid
            problems {
              severity
              message
              step
              line
              column
            }
            decisions {
              step
              decision {
                ...PolicyDecision
              }
            }
          }
        }
        """ + _POLICY_DECISION
        return cast("ValidateWorkflow", self._transport.request(_document, {'source': source, 'inputs': inputs}, repeat=True))

    def sign_in(self, username: "str", password: "str") -> "Session":
        _document = """mutation SignIn($username: String!, $password: String!) {
          signIn(input: { username: $username, password: $password }) {
            ...Session
            ...Refusal
          }
        }
        """ + _SESSION + _REFUSAL
        return cast("Session", self._transport.request(_document, {'username': username, 'password': password}, repeat=False))

    def renew_session(self) -> "Session":
        _document = """mutation RenewSession {
          renewSession {
            ...Session
            ...Refusal
          }
        }
        """ + _SESSION + _REFUSAL
        return cast("Session", self._transport.request(_document, {}, repeat=False))

    def start_run(self, source: "WorkflowSource", *, inputs: "Any" = None, labels: "Any" = None, priority: "Priority | None" = None, wait_ms: "int | None" = None, idempotency_key: "str | None" = None) -> "Run":
        _document = """mutation StartRun($input: StartRunInput!) {
          startRun(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'source': source, 'inputs': inputs, 'labels': labels, 'priority': priority, 'waitMs': wait_ms, 'idempotencyKey': idempotency_key}}, keyed=True))

    def run_agent(self, *, agent: "AgentInput | None" = None, document: "Any" = None, context: "Any" = None, labels: "Any" = None, wait_ms: "int | None" = None, idempotency_key: "str | None" = None) -> "Run":
        _document = """mutation RunAgent($input: RunAgentInput!) {
          runAgent(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'agent': agent, 'document': document, 'context': context, 'labels': labels, 'waitMs': wait_ms, 'idempotencyKey': idempotency_key}}, keyed=True))

    def submit_job(self, topic: "str", *, context: "Any" = None, context_ptr: "str | None" = None, job_id: "str | None" = None, adapter_id: "str | None" = None, memory_id: "str | None" = None, env: "Any" = None, context_hints: "Any" = None, budget: "Any" = None, labels: "Any" = None, meta: "Any" = None, compensation: "Any" = None, parent_id: "str | None" = None, priority: "Priority | None" = None, max_attempts: "int | None" = None, wait_ms: "int | None" = None, idempotency_key: "str | None" = None) -> "Run":
        _document = """mutation SubmitJob($input: SubmitJobInput!) {
          submitJob(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'topic': topic, 'context': context, 'contextPtr': context_ptr, 'jobId': job_id, 'adapterId': adapter_id, 'memoryId': memory_id, 'env': env, 'contextHints': context_hints, 'budget': budget, 'labels': labels, 'meta': meta, 'compensation': compensation, 'parentId': parent_id, 'priority': priority, 'maxAttempts': max_attempts, 'waitMs': wait_ms, 'idempotencyKey': idempotency_key}}, keyed=True))

    def cancel_run(self, run_id: "str", *, reason: "str | None" = None, compensate: "bool | None" = None) -> "Run":
        _document = """mutation CancelRun($input: CancelRunInput!) {
          cancelRun(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'runId': run_id, 'reason': reason, 'compensate': compensate}}, repeat=False))

    def retry_step(self, run_id: "str", step: "str") -> "Run":
        _document = """mutation RetryStep($input: RetryStepInput!) {
          retryStep(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'runId': run_id, 'step': step}}, repeat=False))

    def rerun_from(self, run_id: "str", step: "str", *, inputs: "Any" = None) -> "Run":
        _document = """mutation RerunFrom($input: RerunFromInput!) {
          rerunFrom(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'runId': run_id, 'step': step, 'inputs': inputs}}, repeat=False))

    def send_signal(self, run_id: "str", name: "str", *, payload: "Any" = None) -> "Run":
        _document = """mutation SendSignal($input: SendSignalInput!) {
          sendSignal(input: $input) {
            ...Run
            ...Refusal
          }
        }
        """ + _RUN + _FAILURE + _REFUSAL
        return cast("Run", self._transport.request(_document, {'input': {'runId': run_id, 'name': name, 'payload': payload}}, repeat=False))

    def decide_approval(self, approval_id: "str", approve: "bool", *, comment: "str | None" = None) -> "Approval":
        _document = """mutation DecideApproval($input: DecideApprovalInput!) {
          decideApproval(input: $input) {
            ...Approval
            ...Refusal
          }
        }
        """ + _APPROVAL + _REFUSAL
        return cast("Approval", self._transport.request(_document, {'input': {'approvalId': approval_id, 'approve': approve, 'comment': comment}}, repeat=False))

    def save_workflow(self, source: "WorkflowSource", *, if_version: "int | None" = None) -> "Workflow":
        _document = """mutation SaveWorkflow($input: SaveWorkflowInput!) {
          saveWorkflow(input: $input) {
            ...Workflow
            ...Refusal
          }
        }
        """ + _WORKFLOW + _REFUSAL
        return cast("Workflow", self._transport.request(_document, {'input': {'source': source, 'ifVersion': if_version}}, repeat=False))

    def delete_workflow(self, name: "str") -> "Workflow":
        _document = """mutation DeleteWorkflow($input: DeleteWorkflowInput!) {
          deleteWorkflow(input: $input) {
            ...Workflow
            ...Refusal
          }
        }
        """ + _WORKFLOW + _REFUSAL
        return cast("Workflow", self._transport.request(_document, {'input': {'name': name}}, repeat=False))

    def events(self, *, filter: "EventFilter | None" = None, after: "str | None" = None, batch: "int | None" = None, timeout: float | None = None) -> "Generator[EventBatch, None, None]":
        _document = """subscription Events($filter: EventFilter, $after: Cursor, $batch: Int) {
          events(filter: $filter, after: $after, batch: $batch) {
            ...EventBatch
          }
        }
        """ + _EVENT_BATCH + _EVENT + _FAILURE + _TOOL_CALL + _ARTIFACT + _POLICY_DECISION
        return cast("Generator[EventBatch, None, None]", self._transport.subscribe(_document, {'filter': filter, 'after': after, 'batch': batch}, timeout=timeout))

    def run_events(self, run_id: "str", *, after: "str | None" = None, batch: "int | None" = None, timeout: float | None = None) -> "Generator[EventBatch, None, None]":
        _document = """subscription RunEvents($runId: ID!, $after: Cursor, $batch: Int) {
          runEvents(runId: $runId, after: $after, batch: $batch) {
            ...EventBatch
          }
        }
        """ + _EVENT_BATCH + _EVENT + _FAILURE + _TOOL_CALL + _ARTIFACT + _POLICY_DECISION
        return cast("Generator[EventBatch, None, None]", self._transport.subscribe(_document, {'runId': run_id, 'after': after, 'batch': batch}, timeout=timeout))

    def run_updates(self, run_id: "str", *, timeout: float | None = None) -> "Generator[Run, None, None]":
        _document = """subscription RunUpdates($runId: ID!) {
          runUpdated(runId: $runId) {
            ...Run
          }
        }
        """ + _RUN + _FAILURE
        return cast("Generator[Run, None, None]", self._transport.subscribe(_document, {'runId': run_id}, timeout=timeout))
