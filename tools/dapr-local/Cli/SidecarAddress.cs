using DaprLocal.Config;
using DaprLocal.Hosting;

namespace DaprLocal.Cli;

/// <summary>Where a running sidecar answers gRPC, and the API token that it wants (null: none).</summary>
internal sealed record SidecarAddress(int GrpcPort, string? Token)
{
    private const string TokenVariable = "DAPR_API_TOKEN";

    /// <summary>The sidecar at <paramref name="grpcPort"/>, or else the one of an app of the run file (null: of its first app).</summary>
    /// <exception cref="UserException">There is no such app, or its port is not in the file.</exception>
    public static SidecarAddress Find(int? grpcPort, string? runFile, string? appId, Func<string, string?> environment)
    {
        var inherited = environment(TokenVariable) is { Length: > 0 } token ? token : null;
        if (grpcPort is { } port) return new SidecarAddress(port, inherited);
        var file = RunFileReader.Read(RunFileLocator.Find(runFile));
        var name = YamlFile.DisplayName(file.Path);
        var app = appId is null ? file.Apps[0] : file.Apps.FirstOrDefault(app => app.AppId == appId)
            ?? throw new UserException($"{name} has no app '{appId}'; it has {string.Join(", ", file.Apps.Select(app => app.AppId))}");
        if (app.GrpcPort is not { } written) throw new UserException($"{name} names no daprGRPCPort for '{app.AppId}', so it is another one each run; give it with --dapr-grpc-port");
        return new SidecarAddress(written.Port, app.Environment.GetValueOrDefault(TokenVariable) is { Length: > 0 } own ? own : inherited);
    }
}
