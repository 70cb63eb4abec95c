using System.Globalization;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests.Foreign;

/// <summary>
/// A client that nobody here wrote: programs of the npm package @dapr/dapr, unmodified, against dapr-local as a process. The
/// expectations stand in the programs, <c>Foreign/node/*.js</c>.
/// </summary>
public sealed class ForeignClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-foreign-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NodeTheory]
    [InlineData("state", "http")]
    [InlineData("state", "grpc")]
    [InlineData("pubsub", "http")]
    [InlineData("pubsub", "grpc")]
    [InlineData("hosting", "http")]
    [InlineData("hosting", "grpc")]
    [InlineData("workflow", "grpc")]
    public async Task Run_UnmodifiedPackage_EveryExpectationHolds(string program, string protocol)
    {
        await using var servers = await RealServers.StartAsync();
        var ports = LoopbackPorts.Free(6).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        await using var other = await EchoApp.StartAsync(int.Parse(ports[3], CultureInfo.InvariantCulture));
        await File.WriteAllTextAsync(Path.Combine(_folder, "run.yaml"), $$"""
            version: 1
            common:
              resourcesPaths: ["{{RealServers.ComponentsFor(_folder, ["node", "other"], anyTopic: true)}}"]
            apps:
              - { appID: node, appDirPath: {{_folder}}, appPort: {{ports[0]}}, daprHTTPPort: {{ports[1]}}, daprGRPCPort: {{ports[2]}} }
              - { appID: other, appDirPath: {{_folder}}, appPort: {{ports[3]}}, daprHTTPPort: {{ports[4]}}, daprGRPCPort: {{ports[5]}} }
            """);
        using var sidecars = ServerProcess.Start(ServerProcess.Dll("dapr-local"), ["run", "-f", Path.Combine(_folder, "run.yaml"), "--data", Path.Combine(_folder, "data"), "--no-sample"], _folder, servers?.Environment);
        await Eventually.GetAsync(
            () => sidecars.HasExited ? throw new InvalidOperationException(sidecars.Output) : Task.FromResult(sidecars.Output),
            output => output.Contains("running.", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            "dapr-local runs");

        await NodePackage.Foreign.RunAsync(program + ".js", [protocol], new Dictionary<string, string>
        {
            ["APP_PORT"] = ports[0],
            ["NODE_HTTP_PORT"] = ports[1],
            ["NODE_GRPC_PORT"] = ports[2],
            ["OTHER_HTTP_PORT"] = ports[4],
            ["OTHER_GRPC_PORT"] = ports[5],
        });

        Assert.Equal(0, await sidecars.StopAsync());
    }
}
