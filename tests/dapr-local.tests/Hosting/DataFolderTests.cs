using DaprLocal.Hosting;

namespace DaprLocal.Tests.Hosting;

public sealed class DataFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Twice_SecondIsRefusedWithThePid()
    {
        var path = Path.Combine(_folder.Path, "data");
        using (DataFolder.Open(path))
        {
            Assert.Contains($"in use by another dapr-local (pid {Environment.ProcessId})", Assert.Throws<UserException>(() => DataFolder.Open(path)).Message, StringComparison.Ordinal);
            Assert.Contains("in use", Assert.Throws<UserException>(() => DataFolder.Delete(path)).Message, StringComparison.Ordinal);
        }

        using (DataFolder.Open(path))
            Assert.True(Directory.Exists(path));
        DataFolder.Delete(path);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void Open_NotAFolder_SaysWhatToDo()
    {
        var file = _folder.Write("file", "");

        var error = Assert.Throws<UserException>(() => DataFolder.Open(Path.Combine(file, "data")));

        Assert.Contains("cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderThatTakesNoFiles_SaysWhatToDo()
    {
        // In /proc not even root may create a file.
        var error = Assert.Throws<UserException>(() => DataFolder.Open("/proc"));

        Assert.Contains("the data folder /proc cannot be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_FolderThatIsNotOurs_IsLeftAlone()
    {
        _folder.Write("precious", "");
        _folder.Write("lock", "");

        Assert.Contains("left alone", Assert.Throws<UserException>(() => DataFolder.Delete(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "precious")));
    }

    [Fact]
    public void Delete_OnlyWhatWasMade_RemovesTheFolder()
    {
        var path = Path.Combine(_folder.Path, "data");
        using (var data = DataFolder.Open(path))
        {
            data.WillMake(["state.db", "workflows/a.db"]);
            foreach (var name in new[] { "data/state.db", "data/state.db-wal", "data/workflows/a.db" }) _folder.Write(name, "");
        }

        DataFolder.Delete(path);

        Assert.False(Directory.Exists(path));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("lock")]
    [InlineData("workflows/mine.db")]
    [InlineData("other/state.db")]
    public void Delete_SomethingElseInTheFolder_NamesItAndDeletesNothing(string name)
    {
        using (var data = DataFolder.Open(_folder.Path))
        {
            data.WillMake(["state.db", "workflows/a.db"]);
            foreach (var made in new[] { "state.db", "workflows/a.db" }) _folder.Write(made, "");
        }

        _folder.Write(name, "mine");

        Assert.Contains($"also holds '{name.Replace("/state.db", "", StringComparison.Ordinal)}', which dapr-local did not make", Assert.Throws<UserException>(() => DataFolder.Delete(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.All(["state.db", "workflows/a.db", name], file => Assert.True(File.Exists(Path.Combine(_folder.Path, file))));
    }

    [Fact]
    public void Delete_DatabaseThatWasThereBefore_IsTheUsers()
    {
        _folder.Write("state.db", "mine");
        using (var data = DataFolder.Open(_folder.Path)) data.WillMake(["state.db"]);

        Assert.Contains("also holds 'state.db'", Assert.Throws<UserException>(() => DataFolder.Delete(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "state.db")));
    }

    [Fact]
    public void Delete_ListThatLeadsOutOfTheFolder_TouchesNothingOutside()
    {
        var outside = _folder.Write("outside.db", "mine");
        var path = Path.Combine(_folder.Path, "data");
        DataFolder.Open(path).Dispose();
        File.AppendAllLines(Path.Combine(path, "dapr-local.files"), ["../outside.db", outside]);

        DataFolder.Delete(path);

        Assert.True(File.Exists(outside));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Delete_ThroughALink_IsRefused(bool isFolder)
    {
        var path = Path.Combine(_folder.Path, "data");
        var elsewhere = _folder.CreateFolder("elsewhere");
        var precious = _folder.Write("elsewhere/a.db", "mine");
        using (var data = DataFolder.Open(path)) data.WillMake(["workflows/a.db", "state.db"]);
        if (isFolder) Directory.CreateSymbolicLink(Path.Combine(path, "workflows"), elsewhere);
        else File.CreateSymbolicLink(Path.Combine(path, "state.db"), precious);

        Assert.Contains("nothing is deleted", Assert.Throws<UserException>(() => DataFolder.Delete(path)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(precious) && Directory.Exists(path));
    }

    [Fact]
    public void Delete_LinkToADataFolder_IsRefused()
    {
        var path = Path.Combine(_folder.Path, "data");
        DataFolder.Open(path).Dispose();
        var link = Path.Combine(_folder.Path, "link");
        Directory.CreateSymbolicLink(link, path);

        Assert.Contains("is a link", Assert.Throws<UserException>(() => DataFolder.Delete(link + "/")).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(path));
    }
}
