using DaprLocal.Hosting;

namespace DaprLocal.Tests.Hosting;

public sealed class DotnetRunTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dotnet run", true, "", "")]
    [InlineData("dotnet run --no-build --no-launch-profile -- --x y", true, "", "--x y")]
    [InlineData("dotnet run -c Release arg", true, "-c Release", "arg")]
    [InlineData("dotnet run -f net10.0 --launch-profile p", false, "-f net10.0", "")]
    [InlineData("dotnet run -p:Some=1", false, "-p:Some=1", "")]
    public void Parse_ProjectInTheFolder_TakesTheCommandApart(string command, bool plain, string buildOptions, string appArguments)
    {
        var project = _folder.Write("a.csproj", "<Project/>");

        var run = DotnetRun.Parse(command.Split(' '), _folder.Path)!;

        Assert.Equal((project, plain, buildOptions, appArguments), (run.Project, run.IsPlain, string.Join(' ', run.BuildOptions), string.Join(' ', run.AppArguments)));
    }

    [Fact]
    public void Parse_LaunchSettingsInPlay_IsNotPlain()
    {
        _folder.Write("a.csproj", "<Project/>");
        _folder.Write("Properties/launchSettings.json", "{}");

        Assert.False(DotnetRun.Parse(["dotnet", "run"], _folder.Path)!.IsPlain);
        Assert.True(DotnetRun.Parse(["dotnet", "run", "--no-launch-profile"], _folder.Path)!.IsPlain);
    }

    [Theory]
    [InlineData("dotnet watch run")]
    [InlineData("dotnet run app.cs")]
    [InlineData("node run")]
    public void Parse_SomethingElse_IsLeftAlone(string command) => Assert.Null(DotnetRun.Parse(command.Split(' '), _folder.Path));

    [Fact]
    public void WithoutBuild_MissingOrPresent_IsThereOnce()
    {
        Assert.Equal(["dotnet", "run", "--no-build", "-f", "x"], DotnetRun.WithoutBuild(["dotnet", "run", "-f", "x"]));
        Assert.Equal(["dotnet", "run", "--no-build"], DotnetRun.WithoutBuild(["dotnet", "run", "--no-build"]));
    }
}
