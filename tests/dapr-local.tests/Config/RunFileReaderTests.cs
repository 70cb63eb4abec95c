using DaprLocal.Config;
using DaprLocal.Tests.Hosting;

namespace DaprLocal.Tests.Config;

public sealed class RunFileReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    appPrt: 5\n", 4, "does not know the key 'appPrt'", "known here: ")]
    [InlineData("version: 1\nverison: 2\napps: []\n", 2, "does not know the key 'verison'", "known here: apps, common, name, version")]
    [InlineData("version: 1\ncommon:\n  appPort: 1\napps:\n  - appDirPath: .\n", 3, "does not know the key 'appPort' in 'common'", "")]
    [InlineData("version: 1\nversion: 2\n", 2, "not valid YAML", "uplicate key")]
    [InlineData("apps:\n  - appDirPath: .\n", 1, "'version: 1' is required", "")]
    [InlineData("version: 1\napps: []\n", 2, "'apps' must list 1 to 50 apps", "")]
    [InlineData("version: 1\napps:\n  - appID: x\n", 3, "'appDirPath' in 'apps[0]' is required", "")]
    [InlineData("version: 1\napps:\n  - appID: x\n    appDirPath: ./nowhere\n", 4, "'appDirPath' is './nowhere'", "does not exist")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    appPort: 70000\n", 4, "'appPort' must be a whole number from -1 to 65535", "'70000'")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    enableAppHealthCheck: yes please\n", 4, "must be true or false", "")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    command: run\n", 4, "'command' in 'apps[0]' must be a list", "")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    appProtocol: grpc\n", 4, "over http only", "'grpc'")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    apiListenAddresses: 0.0.0.0\n", 4, "does not know the key 'apiListenAddresses'", "")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    maxBodySize: many\n", 4, "must be a size such as 4Mi", "'many'")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    resourcesPaths: [./gone]\n", 4, "'resourcesPaths' is './gone'", "")]
    [InlineData("version: 1\napps:\n  - {appDirPath: ., appID: a, appPort: 5}\n  - appDirPath: .\n    appID: b\n    daprHTTPPort: 5\n", 6, "port 5 (daprHTTPPort of b)", "appPort of a at line 3")]
    [InlineData("version: 1\napps:\n  - appDirPath: .\n    env: [A]\n", 4, "'env' in 'apps[0]' must hold 'key: value' lines", "")]
    public void Read_Mistake_NamesFileLineAndRemedy(string yaml, int line, string what, string hint)
    {
        var path = _folder.Write("run.yaml", yaml);

        var error = Assert.Throws<ConfigurationException>(() => RunFileReader.Read(path));

        Assert.StartsWith($"{path}:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CommonAndApp_AppWinsAndPathsKeepTheirOwnBase()
    {
        _folder.CreateFolder("shared");
        _folder.CreateFolder("one/own");
        _folder.CreateFolder("two");
        var path = _folder.Write("run.yaml", """
            version: 1
            common:
              resourcesPaths: [./shared]
              enableAppHealthCheck: true
              appHealthCheckPath: /alive
              maxBodySize: 1Mi
              env: {A: common, B: common}
            apps:
              - appDirPath: ./one
                resourcesPaths: [own]
                enableAppHealthCheck: false
                appHealthCheckPath: /one
                maxBodySize: 512Ki
                env: {B: app, C: 3}
                command: ["sh", "-c", "true"]
                metricsPort: 9090
                logLevel: debug
              - appDirPath: ./two
                appID: second
                appPort: 5000
            """);

        var file = RunFileReader.Read(path);

        var (one, two) = (file.Apps[0], file.Apps[1]);
        Assert.Equal("one", one.AppId);
        Assert.Equal([Path.Combine(_folder.Path, "one", "own")], one.ResourcesPaths);
        Assert.Equal([Path.Combine(_folder.Path, "shared")], two.ResourcesPaths);
        // As in the Dapr CLI, an app cannot switch off what common switches on.
        Assert.Equal(("/one", "/alive"), (one.HealthCheck?.Path, two.HealthCheck?.Path));
        Assert.Equal((512 * 1024, 1024 * 1024), (one.MaxBodySize, two.MaxBodySize));
        Assert.Equal([("A", "common"), ("B", "app"), ("C", "3")], one.Environment.Select(pair => (pair.Key, pair.Value)));
        Assert.Empty(two.Command);
        Assert.Equal(5000, two.AppPort);
    }

    [Fact]
    public void Read_DaprFolderOfTheApp_WinsOverCommon()
    {
        _folder.CreateFolder("shared");
        var conventional = _folder.CreateFolder("app/.dapr/resources");
        var path = _folder.Write("run.yaml", "version: 1\ncommon: {resourcesPaths: [shared]}\napps: [{appDirPath: app}]\n");

        Assert.Equal([conventional], RunFileReader.Read(path).Apps[0].ResourcesPaths);
    }
}
