using DaprLocal.Config;
using DaprLocal.Hosting;

namespace DaprLocal.Tests.Hosting;

public sealed class RunPlannerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_AppWithCommand_GetsTheEnvironmentOfDaprRunAndARandomToken()
    {
        var path = _folder.Write("run.yaml", "version: 1\napps:\n- {appDirPath: ., appID: a, appPort: 5000, command: [x], env: {MINE: 1, URLS: u}}\n- {appDirPath: ., appID: b}\n");

        var plan = RunPlanner.Create(path, name => name == "DAPR_API_TOKEN" ? "from-outside" : null);

        var (a, b) = (plan.Apps[0], plan.Apps[1]);
        Assert.Equal(("a", "5000", "127.0.0.1", "http", "1", "u", "from-outside"), (
            a.Environment["APP_ID"], a.Environment["APP_PORT"], a.Environment["APP_CHANNEL_ADDRESS"], a.Environment["APP_PROTOCOL"],
            a.Environment["MINE"], a.Environment["URLS"], a.Environment["DAPR_API_TOKEN"]));
        Assert.Equal($"{a.Sidecar.HttpPort}", a.Environment["DAPR_HTTP_PORT"]);
        Assert.Equal($"{a.Sidecar.GrpcPort}", a.Environment["DAPR_GRPC_PORT"]);
        Assert.Equal(4, new[] { a.Sidecar.HttpPort, a.Sidecar.GrpcPort, b.Sidecar.HttpPort, b.Sidecar.GrpcPort }.Distinct().Count());
        Assert.Null(a.Environment["DAPR_HTTP_ENDPOINT"]);
        Assert.Equal(48, a.Sidecar.AppToken!.Length);
        Assert.Equal(a.Sidecar.AppToken, a.Environment["APP_API_TOKEN"]);
        Assert.Null(b.Sidecar.AppToken);
        Assert.Null(b.Environment["APP_PORT"]);
    }

    [Theory]
    [InlineData("env: {APP_API_TOKEN: own}", "own")]
    [InlineData("env: {OTHER: own}", "inherited")]
    public void Create_TokenGiven_IsUsed(string environment, string expected)
    {
        var path = _folder.Write("run.yaml", $"version: 1\napps:\n- {{appDirPath: ., {environment}}}\n");

        var app = RunPlanner.Create(path, name => name == "APP_API_TOKEN" ? "inherited" : null).Apps[0];

        Assert.Equal((expected, expected), (app.Sidecar.AppToken, app.Environment["APP_API_TOKEN"]));
    }

    [Fact]
    public void Create_TwoAppsSameDefinition_IsOpenedOnce()
    {
        _folder.Write("res/a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: s}\nspec: {type: state.sqlite, version: v1, metadata: [{name: g, value: '{appID}'}]}\n");
        var path = _folder.Write("run.yaml", "version: 1\ncommon: {resourcesPaths: [res]}\napps:\n- {appDirPath: ., appID: a}\n- {appDirPath: ., appID: b}\n");

        var plan = RunPlanner.Create(path, _ => null);

        Assert.Single(plan.Components);
        Assert.Equal(["a", "b"], plan.Apps.Select(app => app.Sidecar.Components[0].Metadata["g"]));
    }

    [Fact]
    public void Create_AppTwice_IsTwoReplicasWithOneFileOfWorkflows()
    {
        var plan = RunPlanner.Create(_folder.Write("run.yaml", "version: 1\napps:\n- {appDirPath: ., appID: a}\n- {appDirPath: ., appID: a}\n"), _ => null);

        Assert.Equal(["a", "a"], plan.Apps.Select(app => app.Sidecar.AppId));
        Assert.Equal(4, plan.Apps.SelectMany(app => new[] { app.Sidecar.HttpPort, app.Sidecar.GrpcPort }).Distinct().Count());
        Assert.Equal(["workflows/a.db"], plan.DatabasesIn("data"));
    }

    [Fact]
    public void Create_AppTwiceOnABrokerWithOneReader_IsRefused()
    {
        var broker = _folder.Write("res/a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: p}\nspec: {type: pubsub.sqlite, version: v1, metadata: []}\n");
        var path = _folder.Write("run.yaml", "version: 1\ncommon: {resourcesPaths: [res]}\napps:\n- {appDirPath: ., appID: a}\n- {appDirPath: ., appID: a}\n");

        var error = Assert.Throws<ConfigurationException>(() => RunPlanner.Create(path, _ => null));

        Assert.StartsWith(broker + ":", error.Message, StringComparison.Ordinal);
        Assert.Contains("use pubsub.kafka", error.Message, StringComparison.Ordinal);
    }
}
