using System.Text.Json;
using Dapr.Common;
using Dapr.Common.Serialization;
using Dapr.Workflow.Registration;
using Microsoft.Extensions.Configuration;

namespace Dapr.Workflow;

/// <summary>Builds a workflow client with a connection of its own; address and token come from the configuration, else from the environment.</summary>
/// <param name="configuration">The configuration; null means the environment only.</param>
public sealed class DaprWorkflowClientBuilder(IConfiguration? configuration = null) : DaprGenericClientBuilder<DaprWorkflowClient>(configuration)
{
    private IDaprSerializer? _serializer;

    /// <summary>Uses this serializer for inputs, results, events and states.</summary>
    /// <param name="serializer">The serializer.</param>
    public DaprWorkflowClientBuilder UseSerializer(IDaprSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializer = serializer;
        return this;
    }

    /// <summary>Uses JSON with these options.</summary>
    /// <param name="options">The options.</param>
    public DaprWorkflowClientBuilder UseJsonSerializer(JsonSerializerOptions options) => UseSerializer(new JsonDaprSerializer(options));

    /// <summary>Builds the client; dispose it to close its connection.</summary>
    public override DaprWorkflowClient Build()
    {
        var dependencies = BuildDaprClientDependencies(typeof(DaprWorkflowClientBuilder).Assembly);
        return new DaprWorkflowClient(new SidecarConnection(dependencies.channel, dependencies.daprApiToken, dependencies.httpClient), _serializer ?? new JsonDaprSerializer(JsonSerializerOptions), TimeProvider.System);
    }
}
