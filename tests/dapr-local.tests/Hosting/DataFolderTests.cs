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

        Assert.Contains("left alone", Assert.Throws<UserException>(() => DataFolder.Delete(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "precious")));
    }
}
