using Dapr.TaskHub.Protos;

namespace DaprLocal.Tests.Workflows;

/// <summary>What the tests of the engine ask of it again and again.</summary>
internal static class EngineCalls
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static async Task Start(EngineHost host, string id, string name, string? input = null) =>
        await host.Client.StartInstanceAsync(new CreateInstanceRequest { InstanceId = id, Name = name, Input = input });

    public static async Task<WorkflowState> CompletionAsync(EngineHost host, string id) => (await host.Client.WaitForInstanceCompletionAsync(
        new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20))).WorkflowState;

    public static IEnumerable<string> Kinds(EngineHost host, string id) => host.Engine.GetHistory(id)!.Select(e => e.EventTypeCase.ToString());
}
