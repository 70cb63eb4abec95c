using Dapr.Common;

namespace Dapr.Workflow;

/// <summary>What <see cref="WorkflowServiceCollectionExtensions.AddDaprWorkflowBuilder"/> gives, for extensions of others.</summary>
public interface IDaprWorkflowBuilder : IDaprServiceBuilder;
