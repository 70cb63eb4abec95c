using DaprLocal.Config;
using DaprLocal.Hosting;
using DaprLocal.Tests.Hosting;

namespace DaprLocal.Tests.Config;

public sealed class ConfigurationReaderTests : IDisposable
{
    private const string Head = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\n";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WorkflowSection_IsTaken()
    {
        var path = _folder.Write("c.yaml", Head + """
            spec:
              mtls: {enabled: false}
              workflow:
                stateRetentionPolicy: {anyTerminal: 168h, completed: 1m30s, failed: 17520h}
            """);

        var settings = ConfigurationReader.Read(path);

        Assert.Equal(new SidecarSettings(new WorkflowRetention(TimeSpan.FromDays(7), TimeSpan.FromSeconds(90), TimeSpan.FromDays(730), null), false), settings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("spec:\n  tracing: {samplingRate: '1'}\n")]
    [InlineData("spec:\n  workflow:\n")]
    [InlineData("spec:\n  workflow: {stateRetentionPolicy: {}}\n")]
    public void Read_NoWorkflowSection_KeepsEverythingWithoutLimits(string spec) =>
        Assert.Equal(SidecarSettings.Default, ConfigurationReader.Read(_folder.Write("c.yaml", Head + spec)));

    [Fact]
    public void Read_AccessControl_IsTaken()
    {
        var path = _folder.Write("c.yaml", Head + """
            spec:
              accessControl: {defaultAction: deny, trustDomain: public}
              secrets: {scopes: [{storeName: s, defaultAccess: deny}]}
            """);

        Assert.True(ConfigurationReader.Read(path).DeniesCalls);
    }

    [Theory]
    [InlineData("kind: Component\napiVersion: dapr.io/v1alpha1\nmetadata: {name: c}\n", 1, "dapr-local does not know resources of kind 'Component' here; known are Configuration")]
    [InlineData(Head + "---\n" + Head, 1, "a configuration file holds one YAML document, no more and no fewer")]
    [InlineData(Head + "spec:\n  acessControl: {}\n", 5, "dapr-local does not know the key 'acessControl' in 'spec'; known here: accessControl, logging, metric, metrics, mtls, nameResolution, secrets, tracing, workflow")]
    [InlineData(Head + "spec:\n  httpPipeline: {}\n", 5, "dapr-local does not know the key 'httpPipeline' in 'spec'; known here: accessControl, logging, metric, metrics, mtls, nameResolution, secrets, tracing, workflow")]
    [InlineData(Head + "spec:\n  accessControl: {defaultAction: no}\n", 5, "'defaultAction' must be allow or deny, not 'no'")]
    [InlineData(Head + "spec:\n  accessControl: {policies: [{appId: a}]}\n", 5, "dapr-local cannot tell callers apart: of 'accessControl' it obeys 'defaultAction' only")]
    [InlineData(Head + "spec:\n  workflow: {stateRetentonPolicy: {}}\n", 5, "dapr-local does not know the key 'stateRetentonPolicy' in 'spec.workflow'; known here: stateRetentionPolicy")]
    [InlineData(Head + "spec:\n  workflow:\n    stateRetentionPolicy: {complete: 1h}\n", 6, "dapr-local does not know the key 'complete' in 'spec.workflow.stateRetentionPolicy'; known here: anyTerminal, completed, failed, terminated")]
    [InlineData(Head + "spec:\n  workflow:\n    stateRetentionPolicy: {completed: 7d}\n", 6, "'completed' must be a duration such as 30m or 168h, not '7d'")]
    [InlineData(Head + "spec:\n  workflow:\n    stateRetentionPolicy: {completed: 3600}\n", 6, "'completed' must be a duration such as 30m or 168h, not '3600'")]
    [InlineData(Head + "spec:\n  workflow:\n    stateRetentionPolicy: {completed: 9999999h}\n", 6, "'completed' must be a duration such as 30m or 168h, not '9999999h'")]
    [InlineData(Head + "spec:\n  workflow:\n    maxConcurrentActivityInvocations: 1\n", 6, "dapr-local does not know the key 'maxConcurrentActivityInvocations' in 'spec.workflow'; known here: stateRetentionPolicy")]
    public void Read_Mistake_NamesFileLineAndRemedy(string yaml, int line, string message)
    {
        var path = _folder.Write("c.yaml", yaml);

        var error = Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read(path));

        Assert.Equal($"{path}:{line}: {message}", error.Message);
    }

    [Fact]
    public void Create_ConfigFilePath_OfTheAppThenOfCommonThenNone()
    {
        string Policy(string time) => Head + $"spec: {{workflow: {{stateRetentionPolicy: {{anyTerminal: {time}}}}}}}\n";
        _folder.Write("common.yaml", Policy("1h"));
        _folder.Write("a/own.yaml", Policy("2h"));
        _folder.Write("b/.dapr/config.yaml", Policy("3h"));
        _folder.CreateFolder("c");
        _folder.CreateFolder("res");
        var apps = "apps:\n- {appDirPath: a, configFilePath: own.yaml}\n- {appDirPath: b}\n- {appDirPath: c}\n";

        var shared = RunPlanner.Create(_folder.Write("run.yaml", "version: 1\ncommon: {configFilePath: common.yaml, resourcesPaths: [res]}\n" + apps), _ => null);
        var alone = RunPlanner.Create(_folder.Write("alone.yaml", "version: 1\ncommon: {resourcesPaths: [res]}\n" + apps), _ => null);

        Assert.Equal([2, 3, 1], shared.Apps.Select(app => app.Sidecar.Retention.AnyTerminal!.Value.TotalHours));
        Assert.Null(alone.Apps[2].Sidecar.Retention.AnyTerminal);
        _folder.Write("res/configuration.yaml", Policy("4h"));
        Assert.Contains("name it with 'configFilePath'", Assert.Throws<ConfigurationException>(() => RunPlanner.Create(_folder.Write("alone.yaml", "version: 1\ncommon: {resourcesPaths: [res]}\n" + apps), _ => null)).Message, StringComparison.Ordinal);
    }
}
