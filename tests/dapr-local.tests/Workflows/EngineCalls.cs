using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.Workflows;

/// <summary>What the tests of the engine ask of it again and again.</summary>
internal static class EngineCalls
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    // Files outlive their sidecars: tests open them again. They go with the process.
    private static readonly string Folder = NewFolder();
    private static int _files;

    /// <summary>Where there is no file of workflows yet.</summary>
    public static string NewPath()
    {
        var path = Path.Combine(Folder, $"{Interlocked.Increment(ref _files)}", Sidecars.ComponentRegistry.WorkflowFile("wf"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>A sidecar whose workflows are in the file of <see cref="NewPath"/>.</summary>
    public static Task<RunningSidecar> EngineAsync(string path, TimeProvider? time = null, WorkflowRetention? retention = null, int maxBodySize = 16 * 1024 * 1024) => RunningSidecar.StartAsync(
        [],
        options => options with { AppId = "wf", Retention = retention ?? WorkflowRetention.ForEver, MaxBodySize = maxBodySize },
        time,
        Directory.GetParent(Path.GetDirectoryName(path)!)!.FullName);

    public static async Task Start(RunningSidecar host, string id, string name, string? input = null) =>
        await host.TaskHub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = id, Name = name, Input = input });

    public static async Task<WorkflowState> CompletionAsync(RunningSidecar host, string id) => (await host.TaskHub.WaitForInstanceCompletionAsync(
        new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20))).WorkflowState;

    public static IEnumerable<string> Kinds(RunningSidecar host, string id) => host.Workflows.GetHistory(id)!.Select(e => e.EventTypeCase.ToString());

    private static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("workflow-engine-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
